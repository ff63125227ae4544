import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";

/** A server's certificate and its key, PEM. The certificate must be valid for the IP address 127.0.0.1. */
export interface ServerCertificate {
  certificatePem: string;
  privateKeyPem: string;
}

/** A running HTTPS server on loopback. */
export interface TlsServer {
  /** `https://127.0.0.1:PORT`. */
  url: string;
  /** Ends open connections too: a client that keeps one alive must not keep the lab alive. */
  close(): Promise<void>;
}

/** What node-server hands to the application: the request, and Node's own objects in `env`. */
type Fetch = Parameters<typeof createAdaptorServer>[0]["fetch"];

/** Serves an application over HTTPS on 127.0.0.1, on a port the system chooses. */
export async function serveTls(fetch: Fetch, certificate: ServerCertificate): Promise<TlsServer> {
  const server = createAdaptorServer({
    fetch,
    createServer,
    serverOptions: { cert: certificate.certificatePem, key: certificate.privateKeyPem },
    // The global Request and Response belong to the program that runs the lab, possibly a user's.
    overrideGlobalObjects: false,
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
