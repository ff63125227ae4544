import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Json = Record<string, unknown>;
interface Stored extends Json {
  metadata: Json & { name: string };
  status?: Json;
}

/** The few paths of an API server that the Kubernetes provider needs: Jobs, their pods and events. Keeps what it was asked. */
export class FakeKubernetes {
  readonly jobs = new Map<string, Stored>();
  /** Method and path with query of each request. */
  readonly requests: string[] = [];
  /** How many more creates are told that the old Job is still being deleted. */
  dying = 0;
  /** Status that a new Job gets. */
  jobStatus: Json = {};
  pods: Json[] = [];
  private server!: Server;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      void this.answer(request).then(([status, body]) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      });
    });
    await once(this.server.listen(0, "127.0.0.1"), "listening");
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** A kubeconfig's content. */
  get kubeconfig(): string {
    const server = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u", namespace: "team" } }],
      clusters: [{ name: "c", cluster: { server } }],
      users: [{ name: "u", user: { token: "t" } }],
    });
  }

  private async answer(request: IncomingMessage): Promise<[number, Json | string]> {
    const { method = "", url = "" } = request;
    this.requests.push(`${method} ${url}`);
    const body = JSON.parse((await text(request)) || "null") as Stored | null;
    const { pathname, searchParams } = new URL(url, "http://fake");
    if (pathname === "/apis/batch/v1") return [200, { resources: [{ name: "jobs", kind: "Job", namespaced: true }] }];
    if (pathname.endsWith("/pods")) return [200, { items: this.pods }];
    const [, name] = /^\/apis\/batch\/v1\/namespaces\/team\/jobs(?:\/(.+))?$/.exec(pathname) ?? [];
    const live = name === undefined ? undefined : this.jobs.get(name);
    const dryRun = searchParams.get("dryRun") === "All";
    if (method === "POST" && this.dying-- > 0) {
      return refusal(409, "AlreadyExists", 'object is being deleted: jobs.batch "runner" already exists');
    }
    if (method === "POST" && body !== null) {
      if (this.jobs.has(body.metadata.name))
        return refusal(409, "AlreadyExists", `jobs "${body.metadata.name}" already exists`);
      const made = { ...body, metadata: { ...body.metadata, uid: "uid-1" }, status: this.jobStatus };
      if (!dryRun) this.jobs.set(body.metadata.name, made);
      return [201, made];
    }
    if (live === undefined) return refusal(404, "NotFound", "no such Job");
    if (method === "GET") return [200, live];
    if (method === "DELETE") this.jobs.delete(live.metadata.name);
    return [200, { ...live, ...body, metadata: { ...live.metadata, ...body?.metadata } }];
  }
}

function refusal(status: number, reason: string, message: string): [number, Json] {
  return [status, { kind: "Status", status: "Failure", reason, message, code: status }];
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
