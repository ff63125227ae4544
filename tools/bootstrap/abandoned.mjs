import { readFileSync } from "node:fs";

/**
 * Calls back once when the process that started this one is gone, npm killed with SIGKILL included: npm starts scripts
 * through a shell, which then lives on, so that on Linux the shell's parent is watched as well.
 */
export function whenAbandoned(callback) {
  const first = ancestry();
  const timer = setInterval(() => {
    if (ancestry() === first) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
}

function ancestry() {
  return process.env.npm_lifecycle_event === undefined
    ? String(process.ppid)
    : `${process.ppid} ${parentOf(process.ppid)}`;
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  } catch {
    return undefined;
  }
}
