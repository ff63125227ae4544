import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import os from "node:os";
import { dyingWithParent } from "../../../isolation";
import type { LogWriter } from "./log";

/** A shell says 128 + N for a process ended by signal N, and so does a container runtime. */
const SIGNAL_EXIT_BASE = 128;

/** A running container. */
export class ContainerProcess {
  readonly pid: number;
  /** Resolves with the exit code when the container has ended and its output has been written; never rejects. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;

  /**
   * Starts a container.
   *
   * @param command from `containerCommand`
   * @param environment of the container
   * @param pipe named pipe that becomes its standard output and error: unlike a socket or a file of somebody else it can
   *   be opened again as /dev/stdout
   * @param log where the output goes
   */
  constructor(command: string[], environment: Record<string, string>, pipe: string, log: LogWriter) {
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(pipe, constants.O_WRONLY);
    const [program, ...rest] = dyingWithParent(command);
    this.#child = spawn(program!, rest, {
      stdio: ["ignore", writer, writer],
      env: environment,
      cwd: "/",
    });
    closeSync(writer);
    this.pid = this.#child.pid ?? 0;
    this.ended = this.#follow(new Socket({ fd: reader, readable: true, writable: false }), log);
  }

  async #follow(output: Socket, log: LogWriter): Promise<number> {
    const drained = new Promise<void>((resolve) => {
      output.on("data", (chunk) => log.write(chunk));
      output.once("error", () => resolve());
      output.once("close", () => resolve());
    });
    const exitCode = await new Promise<number>((resolve) => {
      this.#child.once("error", () => resolve(SIGNAL_EXIT_BASE - 1));
      this.#child.once("exit", (code, signal) => {
        resolve(signal === null ? (code ?? 1) : SIGNAL_EXIT_BASE + (os.constants.signals[signal] ?? 0));
      });
    });
    await drained;
    log.end();
    return exitCode;
  }

  /** Sends a signal to the container's first process, not to the programs that wait for it. */
  signal(signal: "SIGTERM" | "SIGKILL"): void {
    for (const child of this.#children()) {
      try {
        process.kill(child, signal);
      } catch {
        // It ended by itself.
      }
    }
    if (signal === "SIGKILL") {
      this.#child.kill("SIGKILL");
    }
  }

  #children(): number[] {
    try {
      const listed = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, "utf8");
      return listed.split(" ").filter(Boolean).map(Number);
    } catch {
      return [];
    }
  }
}
