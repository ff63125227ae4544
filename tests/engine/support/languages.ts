import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { run } from "../../../tools/toolchain/run";

/** A language of whose programs a machine may have the tools, though Pulumi's host for it can't be had. */
export interface Language {
  /**
   * Makes a program ready.
   *
   * @param project directory of the program
   * @param directory for what is made
   * @param packages of PyPI besides the SDK
   * @returns the words it is run by, or why it can't be
   */
  make(project: string, directory: string, packages?: string[]): Promise<{ command: string[] } | { missing: string }>;
}

/** What of a Python program's environment the SDK wants to be told (pulumi/pulumi v3.259.0, sdk/python/cmd/pulumi-language-python-exec). */
const PYTHON_HOST = join(packageRoot(), "tests", "engine", "programs", "python", "host.py");

/** Installs the Python SDK and other packages; the interpreter, or why it can't be had. */
export async function pythonWith(
  directory: string,
  packages: string[] = [],
): Promise<{ python: string } | { missing: string }> {
  const python = join(directory, "venv", "bin", "python");
  const venv = await run("python3", ["-m", "venv", join(directory, "venv")], { env: process.env });
  if (venv.code !== 0) {
    return { missing: "Python's venv is not at hand" };
  }
  // Builds are not to leave files in the clone.
  cpSync(join(packageRoot(), "sdk", "python"), join(directory, "sdk"), { recursive: true });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", join(directory, "sdk"), ...packages];
  const { code, stderr } = await run(python, pip, { env: process.env });
  return code === 0 ? { python } : { missing: `PyPI is out of reach: ${stderr.trim().split("\n").at(-1)}` };
}

/** Compiles a Go program; its path, or why it can't be had. */
export async function goProgram(
  project: string,
  directory: string,
): Promise<{ program: string } | { missing: string }> {
  if ((await run("go", ["version"], { env: process.env })).code !== 0) {
    return { missing: "Go is not on PATH" };
  }
  const program = join(directory, "program");
  const build = ["build", "-C", project, "-mod=readonly", "-o", program, "."];
  const { code, stderr } = await run("go", build, { env: process.env });
  if (code !== 0 && /dial tcp|no such host/.test(stderr)) {
    return { missing: "the Go module proxy is out of reach" };
  }
  assert.equal(code, 0, stderr);
  return { program };
}

export const LANGUAGES: Record<"Python" | "Go", Language> = {
  Python: {
    async make(_project, directory, packages) {
      const made = await pythonWith(directory, packages);
      return "missing" in made ? made : { command: [made.python, PYTHON_HOST] };
    },
  },
  Go: {
    async make(project, directory) {
      const made = await goProgram(project, directory);
      return "missing" in made ? made : { command: [made.program] };
    },
  },
};

const sdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

interface RunRequest {
  getMonitorAddress(): string;
  getOrganization(): string;
  getProject(): string;
  getStack(): string;
  getPwd(): string;
  getParallel(): number;
  getDryrun(): boolean;
  /** The address of the engine. */
  getArgsList(): string[];
  getConfigMap(): { getEntryList(): [string, string][] };
  getConfigsecretkeysList(): string[];
}

/**
 * A language host that runs one program, by the variables that Pulumi's host for Go sets (pulumi/pulumi v3.259.0,
 * sdk/go/pulumi/run.go). The CLI finds it by its address, as the hosts of the Automation API: `--client=ADDRESS`.
 */
export class LanguageHost {
  private constructor(
    readonly address: string,
    readonly close: () => void,
  ) {}

  static async start([program = "", ...args]: string[], project: string): Promise<LanguageHost> {
    const grpc = sdk("@grpc/grpc-js");
    const messages = sdk("./proto/language_pb.js");
    const plugin = sdk("./proto/plugin_pb.js");
    const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js");
    const run = ({ request }: { request: RunRequest }, done: (error: unknown, response?: unknown) => void) => {
      const env = {
        PULUMI_MONITOR: request.getMonitorAddress(),
        PULUMI_ENGINE: request.getArgsList()[0],
        PULUMI_ORGANIZATION: request.getOrganization(),
        PULUMI_PROJECT: request.getProject(),
        PULUMI_STACK: request.getStack(),
        PULUMI_PARALLEL: String(request.getParallel()),
        PULUMI_DRY_RUN: String(request.getDryrun()),
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      };
      const child = spawn(program, args, {
        cwd: project,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
      }
      child.once("error", (error) => done(error));
      child.once("close", (code) => {
        const response = new messages.RunResponse();
        done(null, code === 0 ? response : response.setError(`the program ended with ${code}: ${output}`));
      });
    };
    const server = new grpc.Server();
    const answer = (make: () => unknown) => (_call: unknown, done: (error: null, response: unknown) => void) =>
      done(null, make());
    server.addService(sdk("./proto/language_grpc_pb.js").LanguageRuntimeService, {
      handshake: answer(() => new messages.LanguageHandshakeResponse()),
      getPluginInfo: answer(() => new plugin.PluginInfo().setVersion("1.0.0")),
      getRequiredPackages: answer(() => new messages.GetRequiredPackagesResponse()),
      getRequiredPlugins: answer(() => new messages.GetRequiredPluginsResponse()),
      cancel: answer(() => new Empty()),
      run,
    });
    return new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error: Error | null, port: number) =>
        error === null ? resolve(new LanguageHost(`127.0.0.1:${port}`, () => server.forceShutdown())) : reject(error),
      );
    });
  }
}
