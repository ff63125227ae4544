import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Benchmark } from "../measure/benchmark";
import type { RowPlan } from "../measure/row";

/** What a Kubernetes program without us imports. */
const REFERENCE = ["@pulumi/pulumi", "@pulumi/kubernetes"];
const METRICS: [metric: string, unit: RowPlan["unit"]][] = [
  ["time", "ms"],
  // Of the whole process; on a busy machine it says more than the time on the wall.
  ["cpu", "ms"],
  ["rss", "MB"],
  ["heap", "MB"],
];
const TARGET = 1.1;

/** Runs a file of this directory in a fresh process, resolving modules as a program in this clone does. */
async function fresh(file: string, words: string[]): Promise<Record<string, number>> {
  const args = ["--expose-gc", join(__dirname, file), ...words];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Record<string, number>;
}

interface Compared {
  /** What is run, and what it is. */
  subject: [words: string[], what: string];
  reference: [words: string[], what: string];
}

function inFreshProcesses(name: string, file: string, { subject, reference }: Compared): Benchmark {
  return {
    name: `import/${name}`,
    pairs: 9,
    rows: METRICS.map(([metric, unit]) => ({
      name: `import/${name}/${metric}`,
      metric,
      unit,
      target: TARGET,
      subject: subject[1],
      reference: reference[1],
    })),
    start: async () => ({ subject: () => fresh(file, subject[0]), reference: () => fresh(file, reference[0]) }),
  };
}

const importOf = (name: string, module: string) =>
  inFreshProcesses(name, "imported.cjs", {
    subject: [[module], `importing ${module} in a fresh process`],
    reference: [REFERENCE, `importing ${REFERENCE.join(" and ")}`],
  });

/** Importing the package, whole or for one cloud, and making a first runner, each time in a fresh process. */
export const imports: Benchmark[] = [
  importOf("root", "pulumi-oidc-runner"),
  importOf("eks", "pulumi-oidc-runner/eks"),
  importOf("gke", "pulumi-oidc-runner/gke"),
  importOf("aks", "pulumi-oidc-runner/aks"),
  importOf("service", "pulumi-oidc-runner/service"),
  // Much is loaded only when the first runner is made, on both sides.
  inFreshProcesses("made", "made.cjs", {
    subject: [["runner"], "importing pulumi-oidc-runner and making a runner in a fresh process, without an engine"],
    reference: [["by-hand"], `importing ${REFERENCE.join(" and ")} and making its three Kubernetes objects by hand`],
  }),
];
