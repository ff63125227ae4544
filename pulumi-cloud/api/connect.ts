import { accessTokenFor } from "./backend";
import { CloudClient, type Fetch } from "./client";
import { createFetch } from "./fetch";
import { realTiming } from "./timing";

/** How to reach Pulumi Cloud. */
export interface Connection {
  organization: string;
  /** Base address of the API, without `/api`. */
  apiUrl: string;
  /** PEM certificates trusted besides the public authorities. */
  caCertificates?: string;
}

/** One dispatcher for each set of certificates, so that connections are reused. */
const fetchers = new Map<string, Promise<Fetch>>();

/** Time after which a request is given up that one can do without, in milliseconds. */
const GLANCE_TIMEOUT_MS = 5_000;

/**
 * A client for this connection, with the access token that belongs to its address.
 *
 * @param patient whether requests are repeated and waited for; default true. Without, what asks must go on without an answer.
 */
export async function connect(connection: Connection, { patient = true } = {}): Promise<CloudClient> {
  const accessToken = accessTokenFor(connection.apiUrl);
  const patience = patient ? { retry: realTiming } : { timeoutMs: GLANCE_TIMEOUT_MS };
  return new CloudClient({
    ...connection,
    accessToken,
    fetch: await fetchWith(connection.caCertificates),
    ...patience,
  });
}

/** A `fetch` that trusts these certificates besides the public authorities, and keeps its connections for the next who asks. */
export function fetchWith(caCertificates: string | undefined): Promise<Fetch> {
  const key = caCertificates ?? "";
  const fetcher = fetchers.get(key) ?? createFetch(caCertificates);
  fetchers.set(key, fetcher);
  return fetcher;
}
