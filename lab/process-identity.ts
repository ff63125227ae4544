import { readFileSync } from "node:fs";

/** A process, told from a later one that got the same id. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot when it started; a program that replaces itself (`exec`) keeps it. */
  started: string;
}

/** Reads `/proc/PID/stat`: the id is field 1 and the start field 22 (proc_pid_stat(5)), counted after the command's closing parenthesis. */
export function identityFrom(stat: string): ProcessIdentity & { state: string } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { pid: Number.parseInt(stat, 10), started: fields[19] ?? "", state: fields[0] ?? "" };
}

/** Whether that very process exists and is not a zombie that nothing waited for. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return false;
  }
  const found = identityFrom(stat);
  return found.started === started && !/[ZX]/.test(found.state);
}
