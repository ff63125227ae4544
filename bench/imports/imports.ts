import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Benchmark } from "../measure/benchmark";
import type { RowPlan } from "../measure/row";

/** What a Kubernetes program without us imports. */
const REFERENCE = ["@pulumi/pulumi", "@pulumi/kubernetes"];
const METRICS: [metric: string, unit: RowPlan["unit"]][] = [
  ["time", "ms"],
  ["rss", "MB"],
  ["heap", "MB"],
];
const TARGET = 1.1;

/** Imports modules in a fresh process, resolved as a program in this clone resolves them. */
async function imported(modules: string[]): Promise<Record<string, number>> {
  const args = ["--expose-gc", join(__dirname, "imported.cjs"), ...modules];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Record<string, number>;
}

function importOf(name: string, module: string): Benchmark {
  return {
    name: `import/${name}`,
    pairs: 11,
    rows: METRICS.map(([metric, unit]) => ({
      name: `import/${name}/${metric}`,
      metric,
      unit,
      target: TARGET,
      subject: `importing ${module} in a fresh process`,
      reference: `importing ${REFERENCE.join(" and ")}`,
    })),
    start: async () => ({ subject: () => imported([module]), reference: () => imported(REFERENCE) }),
  };
}

/** Importing the package, whole or for one cloud, each time in a fresh process. */
export const imports: Benchmark[] = [
  importOf("root", "pulumi-oidc-runner"),
  importOf("eks", "pulumi-oidc-runner/eks"),
  importOf("gke", "pulumi-oidc-runner/gke"),
];
