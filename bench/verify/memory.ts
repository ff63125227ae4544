import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Benchmark } from "../measure/benchmark";

/** The heap of a fresh process that verified as many tokens as a verifier remembers, or only holds a verifier. */
async function heapAfter(count: number): Promise<Record<string, number>> {
  const args = [...process.execArgv, "--expose-gc", require.resolve("./remembered"), String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Record<string, number>;
}

/** What a full memory of verified tokens takes. */
export const memory: Benchmark = {
  name: "verify/memory",
  pairs: 3,
  rows: [
    {
      name: "verify/memory",
      metric: "heap",
      unit: "MB",
      subject: "heap of a process with 10,000 remembered tokens",
      reference: "heap of the same process with one",
    },
  ],
  notes: ["the difference is what the memory takes"],
  start: async () => ({ subject: () => heapAfter(10_000), reference: () => heapAfter(1) }),
};
