import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { ProvenTrust } from "../../../provider/trust/prove";
import { entrypointData } from "../../../provider/workload/entrypoint-data";
import { ArgumentSampler } from "./process-arguments";

/** What the entrypoint may count on in an image, besides curl or the Pulumi CLI. */
const TOOLS = ["base64", "cat", "cut", "date", "mkdir", "mv", "rm", "sed", "sh", "sleep", "tr"];

/** A shell the entrypoint must run under. */
export interface ShellKind {
  name: string;
  /** Command and leading arguments. */
  command: [string, ...string[]];
  /** Whether the tools are busybox's too, as in Alpine. */
  busyboxTools?: boolean;
}

/** The shells that images have as /bin/sh. */
export const SHELLS: ShellKind[] = [
  { name: "dash", command: ["dash"] },
  { name: "bash --posix", command: ["bash", "--posix"] },
  { name: "busybox sh", command: ["busybox", "sh"], busyboxTools: true },
];

/** How a run of the entrypoint ended. */
export interface ShellOutcome {
  code: number;
  /** Standard output and error. */
  output: string;
  /** Arguments of every tool it started, one line each. */
  started: string;
  /** Argument lists of its processes, sampled. */
  sampled: string[];
}

/** The entrypoint and its surroundings as a container would have them, in a directory of its own. */
export class EntrypointHost {
  readonly directory = mkdtempSync(join(tmpdir(), "oidc-runner-entrypoint-"));
  readonly private = join(this.directory, "private");
  readonly tokenFile = join(this.directory, "token");
  readonly #shell: ShellKind;

  constructor(shell: ShellKind, trust: ProvenTrust, caCertificates: string) {
    this.#shell = shell;
    for (const [name, content] of Object.entries(entrypointData({ trust, caCertificates }))) {
      writeFileSync(join(this.directory, name), content);
    }
    this.#installTools();
  }

  /** Whether the shell exists on this machine. */
  static isInstalled({ command }: ShellKind): boolean {
    return findOnPath(command[0]) !== undefined;
  }

  /** Puts a token where the entrypoint looks for it. */
  setToken(token: string): void {
    writeFileSync(this.tokenFile, token, { mode: 0o600 });
  }

  /** Runs the entrypoint with a command to become. A variable set to undefined is left out. */
  run(apiUrl: string, command: string[], env: Record<string, string | undefined> = {}): Promise<ShellOutcome> {
    rmSync(this.private, { recursive: true, force: true });
    writeFileSync(join(this.directory, "started"), "");
    const all = {
      PATH: join(this.directory, "bin"),
      PULUMI_BACKEND_URL: apiUrl,
      PULUMI_CREDENTIALS_PATH: this.private,
      OIDC_RUNNER_ORGANIZATION: "acme",
      OIDC_RUNNER_TOKEN_TYPE: "organization",
      OIDC_RUNNER_EXPIRATION_SECONDS: "7200",
      OIDC_RUNNER_TOKEN_FILE: this.tokenFile,
      OIDC_RUNNER_PRIVATE_DIR: this.private,
      ...env,
    };
    const defined = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const [program, ...leading] = this.#shell.command;
    const args = [...leading, join(this.directory, "entrypoint.sh"), ...command];
    return new Promise((resolve, reject) => {
      const child = spawn(findOnPath(program) as string, args, { env: defined, stdio: ["ignore", "pipe", "pipe"] });
      const sampler = new ArgumentSampler(process.pid);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
      }
      child.once("error", reject);
      child.once("close", (code) => {
        const started = readFileSync(join(this.directory, "started"), "utf8");
        resolve({ code: code ?? 255, output, started, sampled: sampler.stop() });
      });
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** A PATH with nothing but what the entrypoint may count on; each tool notes its arguments before it runs. */
  #installTools(): void {
    const bin = join(this.directory, "bin");
    mkdirSync(bin);
    for (const tool of [...TOOLS, "curl"]) {
      const busybox = this.#shell.busyboxTools === true && tool !== "curl";
      const real = busybox ? `${findOnPath("busybox")} ${tool}` : findOnPath(tool);
      const note = `printf '%s\\n' "${tool} $*" >>'${join(this.directory, "started")}'`;
      writeFileSync(join(bin, tool), `#!/bin/sh\n${note}\nexec ${real} "$@"\n`, { mode: 0o755 });
    }
  }
}

function findOnPath(program: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(existsSync);
}
