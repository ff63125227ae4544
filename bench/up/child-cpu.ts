import { readFileSync } from "node:fs";

/** Milliseconds of one tick of the kernel's clock: USER_HZ is 100 wherever Node runs. */
const TICK_MS = 10;

/**
 * Processor time, in milliseconds, of this process' children that have ended, and of theirs. Unlike the time on the wall it
 * does not depend on what else the machine does.
 *
 * @param stat contents of `/proc/self/stat`; read from there by default
 */
export function childCpu(stat: string = readFileSync("/proc/self/stat", "utf8")): number {
  // The name in brackets may hold anything; the fields after it begin with the third, and the children's are 16 and 17.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}
