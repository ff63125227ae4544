import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { isolatedCommand } from "../../../lab/isolation";
import { entrypointScripts, expectedClaims, runnerFiles } from "../../../provider/workload/entrypoint";
import type { ProvenTrust } from "../../../trust/parties/pulumi/proof";
import { skip } from "../../skip";
import { ArgumentSampler } from "./process-arguments";

/** What the entrypoint may count on in an image, besides what it asks Pulumi Cloud with. */
const TOOLS = ["base64", "cat", "cut", "date", "mkdir", "mv", "rm", "sed", "sh", "sleep", "tr"];

/** A shell the entrypoint must run under. */
export interface ShellKind {
  name: string;
  /** Command and leading arguments. */
  command: [string, ...string[]];
  /** Whether the tools are busybox's too, as in Alpine. */
  busyboxTools?: boolean;
}

/** bash by its own name, as who debugs a pod may start it. */
export const BASH: ShellKind = { name: "bash", command: ["bash"] };

/** The shells that images have as /bin/sh. */
export const SHELLS: [ShellKind, ...ShellKind[]] = [
  { name: "dash", command: ["dash"] },
  { name: "bash --posix", command: ["bash", "--posix"] },
  { name: "busybox sh", command: ["busybox", "sh"], busyboxTools: true },
];

/** What an image has to ask Pulumi Cloud with. */
export interface ImageTools {
  curl?: boolean;
  /** Path of a CLI, or one of before `login --oidc-token`. */
  pulumi?: string;
  /** Programs beyond those the entrypoint may count on. */
  more?: string[];
}

/** How a run of the entrypoint ended. */
export interface ShellOutcome {
  code: number;
  /** The signal that ended the entrypoint itself. */
  signal: string | null;
  /** Standard output and error. */
  output: string;
  /** Arguments of every tool it started, one line each. */
  started: string;
  /** Argument lists of its processes, sampled. */
  sampled: string[];
}

/** A run under way. */
export interface ShellRun {
  child: ChildProcess;
  /** Standard output and error so far. */
  output(): string;
  ended: Promise<ShellOutcome>;
  /** Sends a signal to process 1 of its namespace, and to no other, as a container runtime does. */
  signal(name: NodeJS.Signals): void;
}

/** Skips a test, or from a hook a suite, where its shell is not installed. */
export function needsShell(context: Mocha.Context, shell: ShellKind): void {
  if (!EntrypointHost.isInstalled(shell)) skip(context, `${shell.command[0]} is not installed`);
}

/** The entrypoint and its surroundings as a container would have them, in a directory of its own. */
export class EntrypointHost {
  readonly directory = mkdtempSync(join(tmpdir(), "oidc-runner-entrypoint-"));
  readonly private = join(this.directory, "private");
  readonly tokenFile = join(this.directory, "token");
  readonly bin = join(this.directory, "bin");
  readonly #shell: ShellKind;
  readonly #trust: ProvenTrust;
  readonly #children = new Set<ChildProcess>();

  constructor(
    shell: ShellKind,
    trust: ProvenTrust,
    caCertificates: string | undefined,
    tools: ImageTools = { curl: true },
  ) {
    this.#shell = shell;
    this.#trust = trust;
    const data = { ...entrypointScripts(), ...runnerFiles({ caCertificates }) };
    for (const [name, content] of Object.entries(data)) {
      writeFileSync(join(this.directory, name), content);
    }
    this.#installTools(tools);
  }

  /** Whether the shell exists on this machine. */
  static isInstalled({ command }: ShellKind): boolean {
    return findOnPath(command[0]) !== undefined;
  }

  /** Puts a token where the entrypoint looks for it. */
  setToken(token: string): void {
    // As a whole, as the kubelet does: who reads it meanwhile has the old one or the new one.
    writeFileSync(`${this.tokenFile}.new`, token, { mode: 0o600 });
    renameSync(`${this.tokenFile}.new`, this.tokenFile);
  }

  /** Runs the entrypoint with a command to its end. A variable set to undefined is left out. */
  run(apiUrl: string, command: string[], env: Record<string, string | undefined> = {}): Promise<ShellOutcome> {
    return this.start(apiUrl, command, env).ended;
  }

  /**
   * Starts the entrypoint with a command. `input`: what it has on standard input. `first`: it is process 1, as in a
   * container, or begins its process group at least, as where the containers of a pod share their processes.
   */
  start(
    apiUrl: string,
    command: string[],
    env: Record<string, string | undefined> = {},
    { input, sample = false, first }: { input?: string; sample?: boolean; first?: "of namespace" | "of group" } = {},
  ): ShellRun {
    rmSync(this.private, { recursive: true, force: true });
    writeFileSync(join(this.directory, "started"), "");
    const all = {
      PATH: this.bin,
      HOME: this.directory,
      PULUMI_HOME: join(this.directory, "pulumi"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_BACKEND_URL: apiUrl,
      PULUMI_CREDENTIALS_PATH: this.private,
      OIDC_RUNNER_EXPECTED: expectedClaims(this.#trust),
      OIDC_RUNNER_ORGANIZATION: "acme",
      OIDC_RUNNER_TOKEN_TYPE: "organization",
      OIDC_RUNNER_EXPIRATION_SECONDS: "7200",
      OIDC_RUNNER_TOKEN_FILE: this.tokenFile,
      OIDC_RUNNER_PRIVATE_DIR: this.private,
      // Five tries within a second; none begins later than 2.7 s after the first.
      OIDC_RUNNER_RETRY_SECONDS: "0.01",
      ...env,
    };
    const defined = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const [program, ...leading] = this.#shell.command;
    const argv = [findOnPath(program) as string, ...leading, join(this.directory, "entrypoint.sh"), ...command];
    const [outer, ...args] = first === "of namespace" ? isolatedCommand([realPath("setsid"), ...argv]) : argv;
    const child = spawn(findOnPath(outer as string) ?? (outer as string), args, {
      detached: first === "of group",
      env: defined,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.end(input);
    this.#children.add(child);
    const sampler = sample ? new ArgumentSampler(process.pid) : undefined;
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const ended = new Promise<ShellOutcome>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        this.#children.delete(child);
        // A test that failed has removed it already.
        const notes = join(this.directory, "started");
        const started = existsSync(notes) ? readFileSync(notes, "utf8") : "";
        resolve({ code: code ?? 255, signal, output, started, sampled: sampler?.stop() ?? [] });
      });
    });
    return { child, output: () => output, ended, signal: (name) => signalFirst(child, name) };
  }

  /** Ends what still runs, and removes the directory. */
  remove(): void {
    for (const child of this.#children) {
      child.kill("SIGTERM");
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Makes a script what the pod runs, and returns the command that stands for it. */
  setScript(script: string): [string] {
    const path = join(this.directory, "script.sh");
    // Not to be run by the kernel: a ConfigMap may be mounted so.
    writeFileSync(path, script, { mode: 0o444 });
    return [path];
  }

  /** Adds a program of the test's own to the PATH. */
  install(name: string, script: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** A PATH with nothing but what the entrypoint may count on; each tool notes its arguments before it runs. */
  #installTools({ curl, pulumi, more = [] }: ImageTools): void {
    mkdirSync(this.bin);
    const busybox = findOnPath("busybox") ?? "busybox";
    for (const tool of TOOLS) {
      this.#note(tool, this.#shell.busyboxTools === true ? `${busybox} ${tool}` : realPath(tool));
    }
    for (const tool of [...more, ...(curl === true ? ["curl"] : [])]) {
      this.#note(tool, realPath(tool));
    }
    if (pulumi !== undefined) {
      this.#note("pulumi", pulumi);
    }
  }

  #note(tool: string, real: string): void {
    this.install(tool, `printf '%s\\n' "${tool} $*" >>'${join(this.directory, "started")}'\nexec ${real} "$@"`);
  }
}

function signalFirst({ pid }: ChildProcess, name: NodeJS.Signals): void {
  for (const first of readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")) {
    process.kill(Number(first), name);
  }
}

function realPath(tool: string): string {
  const path = findOnPath(tool);
  if (path === undefined) {
    throw new Error(`${tool} is not installed`);
  }
  return path;
}

/** Where a program of this machine is. */
export function findOnPath(program: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(existsSync);
}
