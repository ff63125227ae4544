import { readFileSync } from "node:fs";
import { relative } from "node:path";

/**
 * Tests that only a full run has, so that an ordinary one takes five minutes: they start mocha or many processes, compile,
 * pack or install tools of others, play hundreds of cases of one protocol, or repeat with the engine what other engine tests show once. Continuous
 * integration runs them all.
 */
const FULL_ONLY = [
  "tests/bench/",
  "tests/broken-evaluator.test.ts",
  "tests/cli/ci/linters",
  "tests/cli/ci/schemas",
  "tests/contract/contract",
  "tests/package/",
  "tests/pulumi-cloud/faults/",
  "tests/pulumi-cloud/policies/gathering",
  "tests/pulumi-cloud/policies/interleavings",
  "tests/pulumi-cloud/processes/",
  "tests/tools/",
  "tests/lab/aws/broken-evaluator",
  "tests/lab/directory",
  "tests/lab/options/",
  "tests/lab/pulumi-cloud/stacks.test.ts",
  "tests/lab/runner/waits",
  "tests/lab/runner/work/",
];
/** Of tests/engine. */
const FULL_ONLY_ENGINE = [
  ...["aks", "calls", "cancelled", "definitions", "deployments", "encrypted-login", "identity-pools"],
  ...["installed", "kills", "leftovers", "node-versions", "outbound-"],
  ...[
    "programs.test.ts",
    "providers",
    "readme",
    "renames",
    "reviewed-service",
    "run-again",
    "shared-",
    "toolchain/language-host",
  ],
  ...["workloads", "wrapped"],
];

/** Calls that run the engine: seconds each, where all else of a file of engine tests takes little. */
const RUNS_ENGINE = /\b(up|preview|destroy|refresh|import|cancel)\(/g;

/** Whether an ordinary run leaves a test file out. */
export function isFullOnly(root, file) {
  const paths = [...FULL_ONLY, ...FULL_ONLY_ENGINE.map((name) => `tests/engine/${name}`)];
  return paths.some((path) => relative(root, file).startsWith(path));
}

/** Files of tests in as many lanes, each with about the same number of engine runs, most first. */
export function inLanes(files, count) {
  const costs = new Map(files.map((file) => [file, readFileSync(file, "utf8").match(RUNS_ENGINE)?.length ?? 0]));
  const lanes = Array.from({ length: count }, () => ({ files: [], cost: 0 }));
  for (const file of [...files].sort((one, other) => costs.get(other) - costs.get(one))) {
    const lane = lanes.reduce((least, other) => (other.cost < least.cost ? other : least));
    lane.files.push(file);
    lane.cost += costs.get(file) + 1;
  }
  return lanes.map((lane) => lane.files);
}
