import { rootCertificates } from "node:tls";
import { accessTokenFor } from "./backend";
import { CloudClient, type Fetch } from "./client";
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

/** A client for this connection, with the access token that belongs to its address. */
export async function connect(connection: Connection): Promise<CloudClient> {
  const accessToken = accessTokenFor(connection.apiUrl);
  const key = connection.caCertificates ?? "";
  const fetcher = fetchers.get(key) ?? createFetch(connection.caCertificates);
  fetchers.set(key, fetcher);
  return new CloudClient({ ...connection, accessToken, fetch: await fetcher, retry: realTiming });
}

async function createFetch(caCertificates: string | undefined): Promise<Fetch> {
  // Loaded here because programs import this package without ever calling the API: only the provider process does.
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const ca = caCertificates === undefined ? undefined : [...rootCertificates, caCertificates];
  const tls = ca === undefined ? {} : { connect: { ca }, requestTls: { ca } };
  const dispatcher = new EnvHttpProxyAgent(tls);
  return (url, init) => fetch(url, { ...(init as object), dispatcher }) as unknown as Promise<Response>;
}
