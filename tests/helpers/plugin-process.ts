import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { installProviders } from "../../lab/providers/install";
import { packageRoot } from "../../tools/toolchain/package-root";

const sdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const grpc = sdk("@grpc/grpc-js");
const { ResourceProviderClient } = sdk("./proto/provider_grpc_pb.js");
const messages = sdk("./proto/provider_pb.js");
const statusMessages = sdk("./proto/status_pb.js");
const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js");
const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb.js");

type Fields = Record<string, unknown>;

/** A refusal of the plugin; `initFailed` is set when the resource exists but is not ready. */
export interface PluginError extends Error {
  details: string;
  initFailed?: { id: string; reasons: string[]; properties: Fields };
}

/** A stand-in provider as the engine runs it: its launcher as a process, spoken to over gRPC. */
export class PluginProcess {
  private constructor(
    private readonly home: string,
    readonly child: ChildProcess,
    private readonly client: { close(): void } & Record<string, (...args: unknown[]) => void>,
    readonly stderr: string[],
  ) {}

  static async start(name: string, env: NodeJS.ProcessEnv, config: Fields = {}): Promise<PluginProcess> {
    const home = mkdtempSync(path.join(tmpdir(), "pulumi-home-"));
    const nodeModules = path.join(packageRoot(), "node_modules");
    const installed = await installProviders({ pulumiHome: home, nodeModules, useOfficialKubernetes: false });
    const { launcher } = installed.find((provider) => provider.name === name)!;
    return PluginProcess.run([launcher], env, config, home);
  }

  /** The same for any command; `home` is removed at the end. */
  static async run(
    [command = "", ...args]: string[],
    env: NodeJS.ProcessEnv,
    config: Fields = {},
    home = mkdtempSync(path.join(tmpdir(), "pulumi-home-")),
  ): Promise<PluginProcess> {
    const child = spawn(command, [...args, "127.0.0.1:1"], {
      cwd: home,
      env: { ...process.env, ...env },
      stdio: "pipe",
    });
    const stderr: string[] = [];
    child.stderr.on("data", (data: Buffer) => stderr.push(String(data)));
    const [port] = (await once(createInterface(child.stdout), "line")) as [string];
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const plugin = new PluginProcess(home, child, client, stderr);
    await plugin.call("configure", "ConfigureRequest", { Args: config });
    return plugin;
  }

  /** Calls a method; fields are set on the request by their setters' names, objects become structs. */
  async call(method: string, type: string, fields: Fields): Promise<Fields> {
    const request = type === "Empty" ? new Empty() : new messages[type]();
    for (const [key, value] of Object.entries(fields)) {
      const isStruct = typeof value === "object" && value !== null;
      request[`set${key}`](isStruct ? Struct.fromJavaScript(value) : value);
    }
    return new Promise((resolve, reject) => {
      this.client[method]!(
        request,
        (error: (PluginError & { metadata: { get(key: string): Buffer[] } }) | null, answer: never) => {
          if (error === null) resolve(answer);
          else reject(withInitFailed(error));
        },
      );
    });
  }

  /** What a struct of an answer holds. */
  static struct(answer: Fields, name: string): Fields {
    return (answer[`get${name}`] as () => { toJavaScript(): Fields }).call(answer).toJavaScript();
  }

  /** Ends the process as a dying engine would: by closing its standard input. Resolves with the signal that ended it. */
  async close(): Promise<NodeJS.Signals | null> {
    this.client.close();
    const exited = once(this.child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    this.child.stdin!.end();
    const [, signal] = await exited;
    rmSync(this.home, { recursive: true });
    return signal;
  }
}

function withInitFailed(error: PluginError & { metadata: { get(key: string): Buffer[] } }): PluginError {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (bytes === undefined) return error;
  const [any] = statusMessages.Status.deserializeBinary(new Uint8Array(bytes)).getDetailsList();
  const failed = messages.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
  error.initFailed = {
    id: failed.getId(),
    reasons: failed.getReasonsList(),
    properties: failed.getProperties().toJavaScript(),
  };
  return error;
}
