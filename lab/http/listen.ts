import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A running server on loopback. */
export interface LoopbackServer {
  /** `https://127.0.0.1:PORT`, or the same with `http`. */
  url: string;
  /** Ends open connections too: a client that keeps one alive must not keep the lab alive. */
  close(): Promise<void>;
}

/** Makes a server listen on 127.0.0.1, on a port the system chooses. */
export async function listenOnLoopback(server: Server, scheme: "http" | "https"): Promise<LoopbackServer> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
