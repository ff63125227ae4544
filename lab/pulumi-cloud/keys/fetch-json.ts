import type { DetailedPeerCertificate, TLSSocket } from "node:tls";

/** How to fetch. */
export interface FetchJsonOptions {
  /** PEM of the authority that issuers' certificates must come from. */
  ca: string;
  /** SHA-256 of leaf certificates to accept although the authority does not vouch for them, lower-case hex. */
  thumbprints: readonly string[];
  /** Milliseconds of real time for the whole exchange. */
  timeoutMs: number;
}

/** What came. */
export interface FetchedJson {
  body: unknown;
  /** `max-age` of `Cache-Control` in seconds: 0 for `no-store` and `no-cache`, undefined when nothing is said. */
  maxAgeSeconds: number | undefined;
  /** SHA-256 of the leaf certificate the server showed, lower-case hex. */
  thumbprint: string;
}

/** Largest body read: discovery documents and key sets are a few kilobytes. */
const MAX_BYTES = 100 * 1024;

/**
 * GETs a JSON document over verified TLS. Follows no redirect: a redirect would move the trust to another host.
 *
 * @throws Error whose message says what went wrong without quoting what was received.
 */
export async function fetchJson(url: string, options: FetchJsonOptions): Promise<FetchedJson> {
  // Loaded here, not at the top: the lab starts without it.
  const { buildConnector, Client } = await import("undici");
  let thumbprint = "";
  const connect = buildConnector({ ca: options.ca, rejectUnauthorized: false, maxCachedSessions: 0 });
  const client = new Client(new URL(url).origin, {
    connect(target, callback) {
      connect(target, (error, socket) => {
        if (error !== null) {
          callback(error, null);
          return;
        }
        thumbprint = leafThumbprint(socket as TLSSocket);
        // The documented order: the authority first; thumbprints only when it does not vouch for the certificate.
        if ((socket as TLSSocket).authorized || options.thumbprints.includes(thumbprint)) {
          callback(null, socket);
        } else {
          socket.destroy();
          callback(new Error("the server's certificate is not trusted"), null);
        }
      });
    },
  });
  try {
    const { pathname, search } = new URL(url);
    const answer = await client.request({
      method: "GET",
      path: `${pathname}${search}`,
      headers: { accept: "application/json, application/jwk-set+json" },
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    if (answer.statusCode !== 200) {
      throw new Error(`the server answered with status ${answer.statusCode}`);
    }
    const text = await limitedText(answer.body);
    return { body: parse(text), maxAgeSeconds: maxAge(answer.headers["cache-control"]), thumbprint };
  } finally {
    await client.destroy();
  }
}

function leafThumbprint(socket: TLSSocket): string {
  const certificate: DetailedPeerCertificate = socket.getPeerCertificate(true);
  return certificate.fingerprint256.replaceAll(":", "").toLowerCase();
}

async function limitedText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new Error(`the document is larger than ${MAX_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("the document is not JSON");
  }
}

function maxAge(header: string | string[] | undefined): number | undefined {
  const directives = [header ?? []].flat().join(",").toLowerCase();
  if (/\bno-(store|cache)\b/.test(directives)) {
    return 0;
  }
  const match = /\bmax-age=(\d+)/.exec(directives);
  return match === null ? undefined : Number(match[1]);
}
