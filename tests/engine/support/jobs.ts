import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Engine } from "../../../lab/engine/engine";
import type { LabState } from "../../../lab/types";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { SHORT_WINDOW } from "./engine";
import type { KubernetesView, ObjectView } from "./kubernetes";
import { plainArgs } from "./runner";

/** What the program `programs/jobs` is told besides the runner's plain arguments. */
export interface JobsConfig {
  args?: Record<string, unknown>;
  customTimeouts?: Record<string, string>;
  /** Instead of what `pulumi.com/timeoutSeconds` says. */
  wait?: string;
  /** Whether this package is to be another version of itself. */
  nextVersion?: boolean;
}

/** A stack of the program `programs/jobs`, whose one runner is `deployer`. */
export class JobsStack {
  readonly engine: Engine;

  constructor(
    private readonly state: LabState,
    readonly namespace: string,
  ) {
    const project = join(packageRoot(), "tests", "engine", "programs", "jobs");
    this.engine = new Engine(state, { project, stack: namespace, env: SHORT_WINDOW });
  }

  /** The engine, for a run with this configuration. */
  with({ args, wait, customTimeouts, nextVersion }: JobsConfig): Engine {
    this.engine.configure({
      args: JSON.stringify({ ...plainArgs(this.state, this.namespace), ...args }),
      ...(wait !== undefined && { wait }),
      ...(customTimeouts !== undefined && { customTimeouts: JSON.stringify(customTimeouts) }),
      ...(nextVersion !== undefined && { nextVersion: String(nextVersion) }),
    });
    return this.engine;
  }
}

/** Names of a namespace's pods that have not ended, those that are being deleted included. */
async function runningPods(kubernetes: KubernetesView, namespace: string): Promise<string[]> {
  const pods: ObjectView[] = await kubernetes.ours("Pod", namespace);
  return pods
    .filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed")
    .map(({ metadata }) => metadata.name);
}

/** The pods that run while something goes on: a list for each look. */
export async function samplePods(
  kubernetes: KubernetesView,
  namespace: string,
  work: Promise<unknown>,
): Promise<string[][]> {
  const samples: string[][] = [];
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  while (!over) {
    samples.push(await runningPods(kubernetes, namespace));
    await sleep(100);
  }
  return samples;
}
