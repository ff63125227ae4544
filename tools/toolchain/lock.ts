import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Tunables of {@link withLock}. */
export interface LockOptions {
  /** Called at each look at a lock that a living process holds. */
  onWait?: (owner: { pid: number; waitedMs: number }) => void;
  /** Time between two looks. Default 500. */
  pollMs?: number;
}

/**
 * Does `work` while holding the lock file, so that of several processes one works at a time.
 *
 * The file names its owner (process id, and start time where the system tells it, since ids are used again). A lock
 * whose owner is dead is taken over. In the worst race two owners work at once: callers must stay correct then (ours
 * install by rename), only slower.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const mine = JSON.stringify({ pid: process.pid, started: await startTime(process.pid), nonce: Math.random() });
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  // Written apart and linked into place: a lock file is never seen empty.
  await writeFile(draft, mine);
  const begin = Date.now();
  try {
    while (!(await create(draft, file))) {
      const found = await readFile(file, "utf8").catch(() => undefined);
      if (found === undefined) {
        continue;
      }
      const owner = parseOwner(found);
      if (owner !== undefined && (await isAlive(owner))) {
        options.onWait?.({ pid: owner.pid, waitedMs: Date.now() - begin });
        await sleep(options.pollMs ?? 500);
      } else {
        await takeAway(file, found);
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    if ((await readFile(file, "utf8").catch(() => undefined)) === mine) {
      await rm(file, { force: true });
    }
  }
}

interface Owner {
  pid: number;
  started?: string;
}

async function create(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner;
    return Number.isInteger(owner.pid) ? owner : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") {
      return false;
    }
  }
  return owner.started === undefined || owner.started === (await startTime(owner.pid));
}

/** Start time in clock ticks since boot: field 22 of Linux's stat, counted after the command's closing parenthesis. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

/** Removes a dead owner's lock, and puts back a living one's that came between the look and the removal. */
async function takeAway(file: string, expected: string): Promise<void> {
  const aside = `${file}.${process.pid}.dead`;
  try {
    await rename(file, aside);
  } catch {
    return; // another process was faster
  }
  if ((await readFile(aside, "utf8")) !== expected) {
    await link(aside, file).catch(() => undefined);
  }
  await rm(aside, { force: true });
}
