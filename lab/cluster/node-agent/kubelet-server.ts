import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { KubeletCredentials } from "../control-plane-files";
import { type LogQuery, logPath, readLog } from "./container";
import type { NodeContext } from "./node-context";
import type { PodWorker } from "./pods";

/** The node's HTTPS endpoint; only the cluster's own API server may connect. */
export interface KubeletServer {
  port: number;
  stop(): Promise<void>;
}

type FindPod = (namespace: string, name: string) => PodWorker | undefined;

/** Serves containers' logs as the kubelet does, for `kubectl logs`, with `-f`, `--tail`, `--since`, `-p` and `--timestamps`. */
export async function startKubeletServer(
  credentials: KubeletCredentials,
  node: NodeContext,
  findPod: FindPod,
): Promise<KubeletServer> {
  const { certificatePem: cert, privateKeyPem: key, clientCaPem: ca } = credentials;
  const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    serve(request, response, node, findPod).catch((error) => {
      node.log(`kubelet: ${request.url}: ${String(error)}`);
      response.destroy();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  node: NodeContext,
  findPod: FindPod,
): Promise<void> {
  const url = new URL(request.url ?? "/", "https://kubelet");
  const refuse = (status: number, why: string) => response.writeHead(status, { "content-type": "text/plain" }).end(why);
  const [, kind, namespace = "", name = "", container = ""] = url.pathname.split("/").map(decodeURIComponent);
  if (kind !== "containerLogs" || request.method !== "GET") {
    refuse(501, "the lab's node serves logs only");
    return;
  }
  const worker = findPod(namespace, name);
  const status = worker?.containerStatus(container);
  if (worker === undefined || status === undefined) {
    refuse(404, `container "${container}" of pod "${namespace}/${name}" is not on this node`);
    return;
  }
  const previous = url.searchParams.get("previous") === "true";
  const waiting = status.state.waiting !== undefined;
  // Between two runs the log of the one that ended is the current one.
  const attempt = previous ? status.restartCount - 1 : status.restartCount;
  if (attempt < 0 || (waiting && !previous && status.lastState.terminated === undefined)) {
    const why = previous
      ? `previous terminated container "${container}" in pod "${name}" not found`
      : `container "${container}" in pod "${name}" is waiting to start: ${status.state.waiting?.reason}`;
    refuse(400, why);
    return;
  }
  const ended = () => previous || status.restartCount > attempt || status.state.running === undefined;
  response.writeHead(200, { "content-type": "text/plain" });
  response.flushHeaders();
  let budget = Number(url.searchParams.get("limitBytes") ?? Infinity);
  for await (const text of readLog(logPath(node, worker.pod, container, attempt), logQuery(url), ended)) {
    const bytes = Buffer.from(text, "utf8").subarray(0, budget);
    budget -= bytes.length;
    if (!response.write(bytes)) {
      await Promise.race([once(response, "drain"), once(response, "close")]);
    }
    if (budget <= 0 || response.destroyed) {
      break;
    }
  }
  response.end();
}

function logQuery({ searchParams }: URL): LogQuery {
  const tail = searchParams.get("tailLines");
  const seconds = searchParams.get("sinceSeconds");
  const time = searchParams.get("sinceTime");
  const since = seconds === null ? time && new Date(time) : new Date(Date.now() - Number(seconds) * 1000);
  return {
    follow: searchParams.get("follow") === "true",
    timestamps: searchParams.get("timestamps") === "true",
    ...(tail === null ? {} : { tailLines: Number(tail) }),
    ...(since ? { since } : {}),
  };
}
