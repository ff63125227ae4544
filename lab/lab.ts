import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { OidcRunnerError } from "../trust";
import { writePrivateFile } from "./cluster";
import { LOG, makeLabDirectory } from "./directory";
import { isolatedCommand } from "./isolation";
import type { LabOptions } from "./options";
import { isRunning } from "./process-identity";
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
 * @throws OidcRunnerError `LAB_NO_NAMESPACES`, `LAB_NOT_YOURS`, `LAB_DIRECTORY_UNUSABLE`, `LAB_RUNNING`, `LAB_FAILED`, and
 * the codes of its parts.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const directory = resolve(options.directory);
  makeLabDirectory(directory);
  const log = join(directory, LOG);
  const output = openSync(log, "a", 0o600);
  const optionsFile = join(directory, "options.json");
  writePrivateFile(optionsFile, JSON.stringify({ ...options, directory }));
  const child = launch(optionsFile, output);
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
  return { state, stop: () => stopLab(directory, state) };
}

function launch(optionsFile: string, output: number): ChildProcess {
  // `sh` only to learn which process this is outside the namespace, which the inside can't see.
  const script = 'read -r OIDC_RUNNER_LAB_STAT </proc/$$/stat && export OIDC_RUNNER_LAB_STAT && exec "$@"';
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
  return new Promise((done, reject) => {
    child.once("message", (message: SupervisorMessage) => {
      if (message.kind === "ready") {
        done(message.state);
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
  return new OidcRunnerError("LAB_FAILED", `${what}${lines === "" ? "" : `; last log lines: ${lines}`}`, {
    where: log,
    fix: "start it again; if it fails the same way, report it with these words",
  });
}

/** Ends a lab by its outermost process, if that still runs, and removes its directory. */
export async function stopLab(directory: string, state: LabState): Promise<void> {
  // Another process that got the same id is left alone, and so is any directory that the state names.
  if (isRunning(state)) {
    process.kill(state.pid, "SIGKILL");
  }
  while (isRunning(state)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  rmSync(directory, { recursive: true, force: true });
}
