import { createServer, type Server } from "node:https";
import { createAdaptorServer } from "@hono/node-server";
import { type LoopbackServer, listenOnLoopback } from "./listen";

/** A server's certificate and its key, PEM. The certificate must be valid for the IP address 127.0.0.1. */
export interface ServerCertificate {
  certificatePem: string;
  privateKeyPem: string;
}

/** What node-server hands to the application: the request, and Node's own objects in `env`. */
type Fetch = Parameters<typeof createAdaptorServer>[0]["fetch"];

/** Serves an application over HTTPS on 127.0.0.1, on a port the system chooses. */
export async function serveTls(fetch: Fetch, certificate: ServerCertificate): Promise<LoopbackServer> {
  const server = createAdaptorServer({
    fetch,
    createServer,
    serverOptions: { cert: certificate.certificatePem, key: certificate.privateKeyPem },
    // The global Request and Response belong to the program that runs the lab, possibly a user's.
    overrideGlobalObjects: false,
  }) as Server;
  return listenOnLoopback(server, "https");
}
