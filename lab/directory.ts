import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, type Stats, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { reachableByOthers, statsOf } from "../tools/toolchain";
import { OidcRunnerError } from "../trust";
import { isRunning } from "./process-identity";
import type { LabState } from "./types";

/** The first file in a lab's directory: what has it was made by a lab. */
export const LOG = "lab.log";
const STATE = "lab.json";

/**
 * Refuses a lab's directory that another user of this machine made, can read, or can put another in the place of: `lab.json`
 * in it says which process to end, and `env.sh` is run by the user's shell. One that does not exist is passed over.
 *
 * @throws OidcRunnerError `LAB_NOT_YOURS`
 */
export function checkOurs(directory: string): void {
  refuse(directory, reachableByOthers(directory));
  const stats = statsOf(directory);
  if (stats !== undefined) {
    refuse(directory, notPrivate(directory, stats));
  }
}

function notPrivate(directory: string, stats: Stats): string | undefined {
  if (!stats.isDirectory()) {
    return `${directory} is ${stats.isSymbolicLink() ? "a link" : "not a directory"}`;
  }
  if (stats.uid !== process.getuid?.()) {
    return `${directory} belongs to user ${stats.uid}`;
  }
  return (stats.mode & 0o077) === 0
    ? undefined
    : `others may enter ${directory} (mode ${(stats.mode & 0o777).toString(8)})`;
}

function refuse(directory: string, reason: string | undefined): void {
  if (reason !== undefined) {
    throw new OidcRunnerError("LAB_NOT_YOURS", `the lab's directory is not this user's alone: ${reason}`, {
      where: directory,
      fix: "use nothing in it, and choose another --directory, below a directory that only you can write to",
    });
  }
}

/**
 * Makes a lab's directory, mode 0700, in place of what an earlier lab of this user left there.
 *
 * @throws OidcRunnerError `LAB_NOT_YOURS`, `LAB_RUNNING`, `LAB_DIRECTORY_UNUSABLE`
 */
export function makeLabDirectory(directory: string): void {
  refuse(directory, reachableByOthers(directory));
  attempt(directory, () => mkdirSync(dirname(directory), { recursive: true, mode: 0o700 }));
  refuse(directory, reachableByOthers(directory));
  // Making it is one step for the kernel: what exists afterwards is ours, or was there before and is looked at.
  while (!made(directory)) {
    checkOurs(directory);
    const state = findLab(join(directory, STATE));
    if (state !== undefined && isRunning(state)) {
      throw new OidcRunnerError("LAB_RUNNING", "a lab is already running there", {
        where: directory,
        fix: "stop it with 'oidc-runner lab down', or choose another --directory",
      });
    }
    if (readdirSync(directory).length > 0 && !existsSync(join(directory, LOG))) {
      throw unusable(directory, "it holds files that no lab wrote, and a lab's directory is emptied");
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

function made(directory: string): boolean {
  return attempt(directory, () => {
    try {
      mkdirSync(directory, { mode: 0o700 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") {
        return false;
      }
      throw error;
    }
  });
}

function attempt<T>(directory: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unusable(directory, `it can't be made (${(error as NodeJS.ErrnoException).code})`);
  }
}

function unusable(directory: string, reason: string): OidcRunnerError {
  return new OidcRunnerError("LAB_DIRECTORY_UNUSABLE", `the lab's directory can't be used: ${reason}`, {
    where: directory,
    fix: "choose another --directory",
  });
}

/**
 * What a lab wrote about itself; undefined when there is none in the directory.
 *
 * @throws OidcRunnerError `LAB_NOT_YOURS`
 */
export function readLab(directory: string): LabState | undefined {
  return readLabFile(join(directory, STATE));
}

/**
 * What a lab wrote about itself into the file `lab.json` of its directory; undefined when it is not there or holds no JSON.
 *
 * @throws OidcRunnerError `LAB_NOT_YOURS`
 */
export function readLabFile(file: string): LabState | undefined {
  checkOurs(dirname(resolve(file)));
  return findLab(file);
}

function findLab(file: string): LabState | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LabState;
  } catch {
    return undefined;
  }
}

/**
 * Where a lab is kept unless another place is asked for: in a directory that only this user can enter, and that stays when
 * the lab goes. A shell that still has the environment of an ended lab then never meets what another user put there.
 */
export function defaultLabDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const uid = process.getuid?.();
  const { XDG_RUNTIME_DIR } = env;
  // After `sudo` or `su` it may be another user's.
  const own = XDG_RUNTIME_DIR && statSync(XDG_RUNTIME_DIR, { throwIfNoEntry: false })?.uid === uid;
  return join(own ? XDG_RUNTIME_DIR : join(env.TMPDIR ?? "/tmp", `oidc-runner-${uid}`), "oidc-runner-lab");
}
