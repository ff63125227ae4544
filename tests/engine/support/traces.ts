import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Processes that have to do with a directory, by their arguments, their environment or what is mounted for them; each as
 * its id and arguments. This process counts too, if something of the directory is mounted where it sees it.
 */
export function tracesOf(directory: string): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const mounted = withinFileSystem(directory);
  return pids.flatMap((pid) => {
    const [command, environment, mounts] = ["cmdline", "environ", "mountinfo"].map((part) =>
      read(`/proc/${pid}/${part}`),
    );
    const has = command?.includes(directory) || environment?.includes(directory) || mounts?.includes(mounted);
    return has ? [`${pid} ${command?.replaceAll("\0", " ")}`] : [];
  });
}

/** A directory's path as mountinfo has it: below the root of its file system, such as a tmpfs on /tmp. */
function withinFileSystem(directory: string): string {
  const points = read("/proc/self/mountinfo")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => point !== "/" && directory.startsWith(`${point}/`));
  const longest = Math.max(0, ...points.map((point) => point.length));
  return directory.slice(longest);
}

/** Waits until nothing has to do with a directory any more; after ten minutes says what still does. */
export async function untilNoTraces(directory: string): Promise<void> {
  for (let i = 0; i < 6000; i++) {
    if (tracesOf(directory).length === 0) {
      return;
    }
    await sleep(100);
  }
  throw new Error(`left behind:\n${tracesOf(directory).join("\n")}`);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Ended in the meantime.
    return "";
  }
}
