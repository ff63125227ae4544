import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { dyingWithParent } from "../isolation";
import type { LabState } from "../types";
import { labEnvironment, TRANSPILE_ONLY } from "./environment";

/** How a run of the CLI ended. */
export interface EngineResult {
  code: number;
  /** Standard output and error, in order of arrival. */
  output: string;
  /** Standard output alone: on the other the CLI may say how it logs in. */
  stdout: string;
}

/** What a program is run with. */
export interface EngineOptions {
  /** Directory of the program's Pulumi.yaml. */
  project: string;
  /** Default `lab`. */
  stack?: string;
  /** Stack configuration by key; keys without a namespace are the project's. */
  config?: Record<string, string>;
  /** Environment variables besides the lab's. */
  env?: Record<string, string>;
  /** Ends the CLI at once, and with it its plugins. */
  signal?: AbortSignal;
}

/** Variables that reach the CLI from outside; everything else stays out, so that a run depends on the lab alone. */
const PASSED_ON = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TERM"];

/** Runs the real Pulumi CLI on a program against a lab. The program's directory is not written to. */
export class Engine {
  readonly #state: LabState;
  readonly #options: EngineOptions;
  readonly #directory: string;
  readonly stack: string;

  constructor(state: LabState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
    this.stack = options.stack ?? "lab";
    const { name } = parse(readFileSync(join(options.project, "Pulumi.yaml"), "utf8")) as { name: string };
    this.#directory = join(state.directory, "projects", name, this.stack);
  }

  /** Directory of the program's Pulumi.yaml. */
  get project(): string {
    return this.#options.project;
  }

  /** The stack's configuration file; it lies in the lab. */
  get configFile(): string {
    return join(this.#directory, `Pulumi.${this.stack}.yaml`);
  }

  /** Makes the stack and writes its configuration. */
  async init(): Promise<void> {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    // `stack init` has no --config-file and writes beside Pulumi.yaml, so it gets one of its own.
    copyFileSync(join(this.#options.project, "Pulumi.yaml"), join(this.#directory, "Pulumi.yaml"));
    const { code, output } = await this.run(["stack", "init", this.stack, "--cwd", this.#directory]);
    if (code !== 0) {
      throw new Error(`pulumi stack init failed: ${output.trim()}`);
    }
    this.configure(this.#options.config ?? {});
  }

  /** Replaces the stack's configuration. */
  configure(config: Record<string, string>): void {
    const { name } = parse(readFileSync(join(this.#directory, "Pulumi.yaml"), "utf8")) as { name: string };
    // A stack whose secrets Pulumi Cloud keeps begins without one.
    const current = existsSync(this.configFile) ? (parse(readFileSync(this.configFile, "utf8")) as object) : {};
    const entries = Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${name}:${key}`, value]);
    writeFileSync(this.configFile, stringify({ ...current, config: Object.fromEntries(entries) }), { mode: 0o600 });
  }

  up(args: string[] = [], onLine?: (line: string) => void): Promise<EngineResult> {
    return this.#program("up", ["--yes", "--skip-preview", ...args], onLine);
  }

  preview(args: string[] = []): Promise<EngineResult> {
    return this.#program("preview", args);
  }

  refresh(args: string[] = []): Promise<EngineResult> {
    return this.#program("refresh", ["--yes", "--skip-preview", ...args]);
  }

  destroy(args: string[] = []): Promise<EngineResult> {
    return this.#program("destroy", ["--yes", "--skip-preview", ...args]);
  }

  /** The stack's outputs. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.run([
      "stack",
      "output",
      "--json",
      "--stack",
      this.stack,
      "--cwd",
      this.#options.project,
    ]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** The stack's state as the CLI exports it. */
  async state(): Promise<{
    deployment: { resources?: { urn: string; type: string; inputs?: object; outputs?: object }[] };
  }> {
    const { stdout } = await this.run(["stack", "export", "--stack", this.stack, "--cwd", this.#options.project]);
    return JSON.parse(stdout) as Awaited<ReturnType<Engine["state"]>>;
  }

  #program(command: string, args: string[], onLine?: (line: string) => void): Promise<EngineResult> {
    const where = ["--stack", this.stack, "--config-file", this.configFile, "--cwd", this.#options.project];
    return this.run([command, ...where, ...args], onLine);
  }

  /** Runs the CLI with any arguments; it dies with this process. */
  run(args: string[], onLine?: (line: string) => void): Promise<EngineResult> {
    return this.#spawn([this.#state.pulumiCli.path, ...args, "--non-interactive", "--color", "never"], onLine);
  }

  /** Runs a line of the shell that finds the CLI as `pulumi`; it dies with this process. */
  shell(line: string): Promise<EngineResult> {
    const path = `${dirname(this.#state.pulumiCli.path)}:${process.env.PATH}`;
    return this.#spawn(["env", `PATH=${path}`, "sh", "-c", line]);
  }

  #spawn(argv: string[], onLine?: (line: string) => void): Promise<EngineResult> {
    const passed = PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
    // The CLI asks for the user's name, which a user without an entry in passwd has from this variable alone.
    const user = { USER: "lab" };
    const env = {
      ...user,
      ...Object.fromEntries(passed),
      ...labEnvironment(this.#state),
      ...TRANSPILE_ONLY,
      ...this.#options.env,
    };
    const command = dyingWithParent(argv);
    return new Promise((resolve, reject) => {
      const child = spawn(command[0] as string, command.slice(1), {
        env,
        stdio: ["ignore", "pipe", "pipe"],
        signal: this.#options.signal,
        killSignal: "SIGKILL",
      });
      let output = "";
      let stdout = "";
      let pending = "";
      const take = (text: string) => {
        output += text;
        const lines = (pending + text).split("\n");
        pending = lines.pop() ?? "";
        lines.forEach((line) => {
          onLine?.(line);
        });
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", take);
      }
      child.stdout.on("data", (text: string) => {
        stdout += text;
      });
      // An aborted run ends as a killed one does: with a code that is not 0.
      child.once("error", (error) => error.name !== "AbortError" && reject(error));
      child.once("close", (code) => {
        if (pending !== "") {
          onLine?.(pending);
        }
        resolve({ code: code ?? 1, output, stdout });
      });
    });
  }
}
