import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Processes that have to do with a directory, by their arguments, their environment or what is mounted for them; each as
 * its id and arguments. This process counts too, if something of the directory is mounted where it sees it.
 */
export function tracesOf(directory: string): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const parts = ["cmdline", "environ", "mountinfo"].map((part) => read(`/proc/${pid}/${part}`));
    return parts.some((part) => part.includes(directory)) ? [`${pid} ${parts[0]?.replaceAll("\0", " ")}`] : [];
  });
}

/** Waits until nothing has to do with a directory any more; after a minute says what still does. */
export async function untilNoTraces(directory: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
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
