import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/**
 * Finds TCP ports that are free on 127.0.0.1 now. All are held at once, so they differ; between the return and the use
 * another process may still take one, so a caller must cope with that.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const listening = servers.map((server) => once(server.listen(0, "127.0.0.1"), "listening"));
  await Promise.all(listening);
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
