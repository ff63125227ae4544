import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";

/** What became of a command. */
export interface RunResult {
  /** Exit code; null if a signal ended it or it could not be started. */
  code: number | null;
  stdout: string;
  /** Standard error, or why the command could not be started. */
  stderr: string;
  /** It was ended because it ran, or was silent, for too long. */
  timedOut: boolean;
}

/** How to run a command. */
export interface RunOptions {
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Longest run. Default: no limit. */
  timeoutMs?: number;
  /** Longest silence on both outputs. Default: no limit. */
  silenceMs?: number;
  /** Gets each line of standard error as it comes. */
  onErrorLine?: (line: string) => void;
}

/** Runs a command to its end, without a shell. It never outlives this process where the system has `setpriv`. */
export function run(command: string, args: string[], options: RunOptions): Promise<RunResult> {
  const [file, ...rest] = [...boundToParent(), command, ...args] as [string, ...string[]];
  const child = spawn(file, rest, { env: options.env, cwd: options.cwd, stdio: ["ignore", "pipe", "pipe"] });
  const result: RunResult = { code: null, stdout: "", stderr: "", timedOut: false };
  const stop = () => {
    result.timedOut = true;
    child.kill("SIGKILL");
  };
  const whole = options.timeoutMs === undefined ? undefined : setTimeout(stop, options.timeoutMs);
  const quiet = options.silenceMs === undefined ? undefined : setTimeout(stop, options.silenceMs);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    quiet?.refresh();
    result.stdout += text;
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    quiet?.refresh();
    result.stderr += `${line}\n`;
    options.onErrorLine?.(line);
  });
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(whole);
      clearTimeout(quiet);
      resolve(result);
    };
    child.on("error", (error) => {
      result.stderr += error.message;
      end();
    });
    child.on("close", (code) => {
      result.code = code;
      end();
    });
  });
}

let prefix: string[] | undefined;

/** Linux can end a child with its parent, even one killed with SIGKILL; a compiler must not run on for minutes. */
function boundToParent(): string[] {
  if (prefix === undefined) {
    const command = ["setpriv", "--pdeathsig", "KILL"];
    const works = process.platform === "linux" && spawnSync(command[0]!, [...command.slice(1), "true"]).status === 0;
    prefix = works ? command : [];
  }
  return prefix;
}
