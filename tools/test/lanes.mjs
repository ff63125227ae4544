import { readFileSync } from "node:fs";
import { relative } from "node:path";

/**
 * Tests that only a full run has: they start mocha or many processes, repeat pairs of options with a real API server, or
 * test what measures and what stands in for the engine's hosts.
 */
const FULL_ONLY = [
  "tests/bench/",
  "tests/engine/toolchain/language-host",
  "tests/lab/options/",
  "tests/pulumi-cloud/processes/",
  "tests/tools/test-run.test.ts",
];
/** Calls that run the engine: seconds each, where all else of a file of engine tests takes little. */
const RUNS_ENGINE = /\b(up|preview|destroy|refresh|import|cancel)\(/g;

/** Whether an ordinary run leaves a test file out. */
export function isFullOnly(root, file) {
  return FULL_ONLY.some((path) => relative(root, file).startsWith(path));
}

/** Files of engine tests in as many lanes, each with about the same number of engine runs, most first. */
export function engineLanes(files, count) {
  const costs = new Map(files.map((file) => [file, readFileSync(file, "utf8").match(RUNS_ENGINE)?.length ?? 0]));
  const lanes = Array.from({ length: count }, () => ({ files: [], cost: 0 }));
  for (const file of [...files].sort((one, other) => costs.get(other) - costs.get(one))) {
    const lane = lanes.reduce((least, other) => (other.cost < least.cost ? other : least));
    lane.files.push(file);
    lane.cost += costs.get(file) + 1;
  }
  return lanes.map((lane) => lane.files);
}
