import { createServer, STATUS_CODES } from "node:http";
import { connect, type Socket } from "node:net";
import { listenOnLoopback } from "../../../lab/http/listen";

/** A proxy that connects or refuses. */
export interface ConnectProxy {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** `host:port` of every CONNECT. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/**
 * Starts an HTTP proxy for tunnels.
 *
 * @param refusal status of every CONNECT; without it the proxy does what it is asked for
 */
export async function startConnectProxy(refusal?: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(501).end());
  server.on("connect", (request, socket: Socket) => {
    asked.push(request.url ?? "");
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url ?? "").split(":");
    const tunnel = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(tunnel).pipe(socket);
    });
    for (const end of [socket, tunnel]) {
      sockets.add(end);
      end.on("error", () => {
        socket.destroy();
        tunnel.destroy();
      });
    }
  });
  const { url, close } = await listenOnLoopback(server, "http");
  return {
    url,
    asked,
    async stop() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await close();
    },
  };
}
