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
  "tests/tools/bootstrap",
  "tests/tools/gates",
  "tests/tools/schema",
  "tests/tools/sdk",
  "tests/tools/test-",
  "tests/tools/toolchain",
  "tests/lab/aws/broken-evaluator",
  "tests/lab/cluster/key-rotation",
  "tests/lab/directory",
  "tests/lab/options/",
  "tests/lab/pulumi-cloud/stacks.test.ts",
  "tests/lab/runner/waits",
  "tests/lab/runner/work/",
];
/** Of tests/engine. */
const FULL_ONLY_ENGINE = [
  ...[
    "aks",
    "bad-arguments",
    "calls",
    "cancelled",
    "definitions",
    "deployments",
    "encrypted-login",
    "esc",
    "guides",
    "identity-pools",
  ],
  ...["installed", "kills", "leftovers", "long-job", "node-versions", "outbound-", "package-managers"],
  ...[
    "plugin-",
    "programs.test.ts",
    "providers",
    "readme",
    "renames",
    "reviewed-service",
    "run-again",
    "shared-",
    "toolchain/language-host",
  ],
  ...["verified-service", "workloads", "wrapped"],
];

/** Whether an ordinary run leaves a test file out. */
export function isFullOnly(root, file) {
  const paths = [...FULL_ONLY, ...FULL_ONLY_ENGINE.map((name) => `tests/engine/${name}`)];
  return paths.some((path) => relative(root, file).startsWith(path));
}

/** Files of tests in as many lanes. */
export function inLanes(files, count) {
  return Array.from({ length: count }, (_, lane) => files.filter((_, index) => index % count === lane));
}

/** Files of engine tests in two lanes, because each has a lab of its own: one for which a plain cluster is enough, and one of the rest. */
export function engineLanes(files) {
  const isPlain = (file) => {
    const shapes = [...readFileSync(file, "utf8").matchAll(/\blabOn\((.*?)\)/g)].map(([, shape]) => shape);
    return shapes.every((shape) => shape === '"kubernetes"');
  };
  return [files.filter(isPlain), files.filter((file) => !isPlain(file))];
}
