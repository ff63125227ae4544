import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../../tools/toolchain/package-root";
import type { Benchmark } from "../measure/benchmark";
import type { RowPlan } from "../measure/row";
import { AnsweringEngine } from "./engine";

const sdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

/** Components of one update. */
const COMPONENTS = 20;
/** Resources that a side registered before: both are to register equally many. */
let registeredBefore: number | undefined;

const SUBJECT = `a plugin process that constructs ${COMPONENTS} runners`;
const REFERENCE = `a program that makes ${COMPONENTS} runners itself`;
const ROWS: [metric: string, unit: RowPlan["unit"], what: string][] = [
  ["start", "ms", "start of "],
  ["time", "ms", "time, the start included, of "],
  ["cpu", "ms", "processor time of "],
  ["rss", "MB", "most memory of "],
];

/** Making components by the plugin and in a program, against an engine that answers everything at once. */
export const plugin: Benchmark = {
  name: `plugin/${COMPONENTS}`,
  pairs: 9,
  rows: ROWS.map(([metric, unit, what]) => ({
    ...{ name: `plugin/${COMPONENTS}/${metric}`, metric, unit },
    ...{ subject: `${what}${SUBJECT}`, reference: `${what}${REFERENCE}` },
  })),
  notes: ["both unbundled, in a fresh process; an update by the plugin has a program in another language besides"],
  async start() {
    if (process.platform !== "linux") {
      return "memory and processor time are read from /proc";
    }
    return { subject: byPlugin, reference: inProgram };
  },
};

/** One side: the process, and what makes it make all once its first line says that it can. */
interface Side {
  args: (engine: string) => string[];
  make: (child: Started, line: string, engine: string) => Promise<unknown>;
}

/** A process with its lines. */
interface Started {
  pid: number;
  next(): Promise<string>;
}

const inProgram = () =>
  measured({
    args: (engine) => [join(__dirname, "program.cjs"), engine, String(COMPONENTS)],
    make: (child) => child.next(),
  });

const byPlugin = () =>
  measured({
    args: (engine) => [join(packageRoot(), "dist", "plugin", "main.js"), engine],
    make: (_child, port, engine) => constructAll(`127.0.0.1:${port}`, engine),
  });

async function measured({ args, make }: Side): Promise<Record<string, number>> {
  const engine = await AnsweringEngine.start();
  const begun = performance.now();
  const child = spawn(process.execPath, args(engine.address), {
    cwd: packageRoot(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const started: Started = { pid: child.pid as number, next: async () => String((await lines.next()).value) };
  const line = await started.next();
  const start = performance.now() - begun;
  await make(started, line, engine.address);
  const time = performance.now() - begun;
  const used = usage(started.pid);
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  engine.close();
  registeredBefore ??= engine.registered;
  if (engine.registered !== registeredBefore) {
    throw new Error(`${engine.registered} resources were registered on one side, ${registeredBefore} on the other`);
  }
  return { start, time, ...used };
}

/** Constructs all components at once, as an engine does. */
async function constructAll(address: string, engine: string): Promise<void> {
  const grpc = sdk("@grpc/grpc-js");
  const { ResourceProviderClient } = sdk("./proto/provider_grpc_pb.js");
  const { ConfigureRequest, ConstructRequest } = sdk("./proto/provider_pb.js");
  const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb.js");
  const client = new ResourceProviderClient(address, grpc.credentials.createInsecure());
  const call = (method: string, request: unknown) =>
    new Promise<void>((resolve, reject) => {
      client[method](request, (error: Error | null) => (error === null ? resolve() : reject(error)));
    });
  await call("configure", new ConfigureRequest());
  const requests = Array.from({ length: COMPONENTS }, (_, index) => {
    const request = new ConstructRequest();
    request.setProject("bench");
    request.setStack("bench");
    request.setOrganization("acme");
    request.setMonitorendpoint(engine);
    request.setType("oidc-runner:index:KubernetesOidcRunner");
    request.setName(`runner-${index}`);
    const cluster = { issuerUrl: "https://cluster.example.com" };
    const args = { organization: "acme", accessToken: { organization: {} }, cluster, namespace: "ci" };
    request.setInputs(Struct.fromJavaScript({ ...args, serviceAccountName: `runner-${index}` }));
    return request;
  });
  await Promise.all(requests.map((request) => call("construct", request)));
  client.close();
}

/** What a process has used: processor time in milliseconds (a tick is 10, USER_HZ being 100), and its most memory in MB. */
function usage(pid: number): { cpu: number; rss: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13);
  const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return { cpu: (Number(user) + Number(system)) * 10, rss: Number(kilobytes) / 1000 };
}
