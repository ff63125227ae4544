import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates } from "node:tls";
import type { Fetch } from "./client";

/**
 * A `fetch` that goes through the proxy that `HTTPS_PROXY` and `HTTP_PROXY` name, except to the hosts of `NO_PROXY`, and
 * that keeps its connections.
 *
 * @param caCertificates PEM certificates to trust besides the public authorities and those of `NODE_EXTRA_CA_CERTS`: for
 *   the service, and for a proxy that is spoken to by https or looks into TLS
 */
export async function createFetch(caCertificates: string | undefined): Promise<Fetch> {
  // Loaded here because programs import this package without ever calling the API: only the provider process does.
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  // Authorities that are given replace all others, those that Node was started with included.
  const ca = caCertificates === undefined ? undefined : [...rootCertificates, ...extraCertificates(), caCertificates];
  // Made once, because reading all authorities takes longer than the rest of a connection.
  const given = ca === undefined ? undefined : { secureContext: createSecureContext({ ca }) };
  const tls = given === undefined ? {} : { connect: given, requestTls: given, proxyTls: given };
  const dispatcher = new EnvHttpProxyAgent(tls);
  return (url, init) => fetch(url, { ...(init as object), dispatcher }) as unknown as Promise<Response>;
}

function extraCertificates(): string[] {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  try {
    return file ? [readFileSync(file, "utf8")] : [];
  } catch {
    // Node has warned about it when it started.
    return [];
  }
}
