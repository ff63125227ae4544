import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { OidcRunnerError } from "../provider/errors";
import { makePrivateDirectory, writePrivateFile } from "./cluster/private-file";
import { isolatedCommand } from "./isolation";
import type { LabOptions } from "./options";
import type { SupervisorMessage } from "./supervisor";
import type { LabState } from "./types";

/** A lab that is up, seen from who started it. */
export interface Lab {
  state: LabState;
  /** Ends everything in it and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts a lab in a process of its own and returns when every part is ready. Unless `detached`, it ends with this process,
 * however that ends.
 *
 * @throws OidcRunnerError `LAB_NO_NAMESPACES`, `LAB_RUNNING`, `LAB_FAILED`, and the codes of its parts.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { directory } = options;
  if (existsSync(join(directory, "lab.json")) && isRunning(readLab(directory).pid)) {
    throw new OidcRunnerError("LAB_RUNNING", "a lab is already running there", {
      where: directory,
      fix: "stop it with 'oidc-runner lab down', or choose another --directory",
    });
  }
  rmSync(directory, { recursive: true, force: true });
  makePrivateDirectory(directory);
  const optionsFile = join(directory, "options.json");
  writePrivateFile(optionsFile, JSON.stringify(options));
  const log = join(directory, "lab.log");
  const child = launch(optionsFile, log);
  let state: LabState;
  try {
    state = await ready(child, log);
  } catch (error) {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  if (options.detached) {
    child.disconnect();
    child.unref();
  }
  return { state, stop: () => stopLab(state) };
}

function launch(optionsFile: string, log: string): ChildProcess {
  const output = openSync(log, "a", 0o600);
  // `sh` only to learn the process id outside the namespace, which the inside can't see.
  const script = 'OIDC_RUNNER_LAB_PID=$$ exec "$@"';
  const supervisor = join(__dirname, "supervisor.js");
  const command = ["sh", "-c", script, "lab", ...isolatedCommand([process.execPath, supervisor, optionsFile])];
  return spawn(command[0] as string, command.slice(1), {
    // A group of its own: Ctrl-C reaches who started the lab, who then stops it in order.
    detached: true,
    cwd: "/",
    stdio: ["ignore", output, output, "ipc"],
  });
}

function ready(child: ChildProcess, log: string): Promise<LabState> {
  return new Promise((resolve, reject) => {
    child.once("message", (message: SupervisorMessage) => {
      if (message.kind === "ready") {
        resolve(message.state);
      } else {
        reject(new OidcRunnerError(message.code, message.message.replace(new RegExp(`^${message.code}: `), "")));
      }
    });
    child.once("error", (error) => reject(failure(error.message, log)));
    child.once("exit", (code, signal) => reject(failure(`the lab ended with ${code ?? signal}`, log)));
  });
}

function failure(what: string, log: string): OidcRunnerError {
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").slice(-5).join(" | ") : "";
  return new OidcRunnerError("LAB_FAILED", `${what}${lines === "" ? "" : `; its last words: ${lines}`}`, {
    where: log,
    fix: "start it again; if it fails the same way, report it with these words",
  });
}

/** Ends a lab by its outermost process, and removes its files. */
export async function stopLab(state: LabState): Promise<void> {
  signal(state.pid, "SIGKILL");
  while (isRunning(state.pid)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  rmSync(state.directory, { recursive: true, force: true });
}

/**
 * What a lab wrote about itself.
 *
 * @throws OidcRunnerError `LAB_NOT_FOUND`
 */
export function readLab(directory: string): LabState {
  try {
    return JSON.parse(readFileSync(join(directory, "lab.json"), "utf8")) as LabState;
  } catch {
    throw new OidcRunnerError("LAB_NOT_FOUND", "no lab is running there", {
      where: directory,
      fix: "start one with 'oidc-runner lab up'",
    });
  }
}

/** Whether a process exists and is not a zombie nobody waited for. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

/**
 * Where a lab is kept when nobody says otherwise: one for each user, directly below a directory in which others can't
 * replace it (the user's own runtime directory, or `/tmp` with its sticky bit).
 */
export function defaultLabDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_RUNTIME_DIR ?? env.TMPDIR ?? "/tmp";
  return join(base, `oidc-runner-lab-${process.getuid?.() ?? ""}`);
}
