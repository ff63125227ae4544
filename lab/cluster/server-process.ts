import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { type ErrorCode, OidcRunnerError } from "../../trust";
import { dyingWithParent } from "../isolation";

/** How many of the last lines of a log an error quotes. */
const QUOTED_LINES = 8;

/** A long-running program whose output goes to a log file and which dies with this process. */
export class ServerProcess {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when the program has ended, for whatever reason; never rejects. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #outcome: string | undefined;
  #stopping = false;

  /**
   * Starts the program.
   *
   * @param name what error messages call it
   * @param argv command and arguments; no secrets, other users can read them
   * @param options `logFile`: receives both output streams, mode 0600; `env`: its environment besides `PATH`:
   *   whatever secrets this process was given are none of its business
   */
  constructor(name: string, argv: string[], options: { logFile: string; env?: NodeJS.ProcessEnv }) {
    this.name = name;
    this.logFile = options.logFile;
    const [command, ...rest] = dyingWithParent(argv);
    const log = openSync(this.logFile, "a", 0o600);
    this.#child = spawn(command!, rest, {
      stdio: ["ignore", log, log],
      env: { PATH: process.env.PATH, ...options.env },
    });
    closeSync(log);
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#outcome = `could not be started: ${error.message}`;
        resolve();
      });
      this.#child.once("exit", (code, signal) => {
        this.#outcome = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
        resolve();
      });
    });
  }

  /** Whether the program is running as far as this process knows. */
  get running(): boolean {
    return this.#outcome === undefined;
  }

  /** Whether {@link stop} was called, which makes an end no failure. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** An error that says how the program ended, or what else is wrong with it, and quotes the end of its log. */
  failure(code: ErrorCode, wrong = this.#outcome): OidcRunnerError {
    return new OidcRunnerError(code, `${this.name} ${wrong}`, {
      where: this.logFile,
      fix: "read the log; a port may have been taken. It said last:",
      output: this.lastLines(),
    });
  }

  /** The last lines of the log, each cut to a readable length. */
  lastLines(): string {
    let text: string;
    try {
      text = readFileSync(this.logFile, "utf8");
    } catch {
      return "(no log)";
    }
    const last = text.trimEnd().split("\n").slice(-QUOTED_LINES);
    return last.map((line) => `  ${line.slice(0, 400)}`).join("\n");
  }

  /** Ends the program at once (SIGKILL: its data is thrown away anyway) and waits until it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.running) {
      this.#child.kill("SIGKILL");
    }
    await this.ended;
  }
}
