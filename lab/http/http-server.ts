import { createServer, type Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { type LoopbackServer, listenOnLoopback } from "./listen";

/** What node-server hands to the application: the request, and Node's own objects in `env`. */
type Fetch = Parameters<typeof createAdaptorServer>[0]["fetch"];

/** Serves an application over plain HTTP on 127.0.0.1, on a port the system chooses: for what clouds serve link-locally. */
export async function serveHttp(fetch: Fetch): Promise<LoopbackServer> {
  // The global Request and Response belong to the program that runs the lab, possibly a user's.
  const server = createAdaptorServer({ fetch, createServer, overrideGlobalObjects: false }) as Server;
  return listenOnLoopback(server, "http");
}
