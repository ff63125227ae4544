import { QUIET_WINDOW_MS } from "../../pulumi-cloud/policies/types";
import type { Benchmark } from "../measure/benchmark";
import { summarize } from "../measure/statistics";
import { type Size, UpLab } from "./up-lab";

/** Of runners with a definition each, of those that share one, and of the processor time of either. */
const TARGETS = { own: 1.25, shared: 1.05, cpu: 1.2 };
const REFERENCE = "that of the same Kubernetes objects, issuers and policies written by hand";

/** How the state is kept, where it is at every step. */
const KEPT = {
  journal: "the state in Pulumi Cloud, kept by its journal",
  checkpoints: "the state in Pulumi Cloud, sent whole at every step",
  file: "the state in a file, written whole at every step",
};

/** Where the state is kept at every step, an update's time is in proportion to its steps: a runner has five, by hand three. */
function targetsOf({ kept = "end", shared }: Size): { time?: number; cpu?: number } {
  return kept === "end" ? { time: TARGETS[shared ? "shared" : "own"], cpu: TARGETS.cpu } : {};
}

/** Runs that a benchmark is made of. */
interface Plan {
  pairs: number;
  full?: boolean;
}

function up(name: string, size: Size, { pairs, full }: Plan): Benchmark {
  const { runners, pods, shared, parallel, kept = "end" } = size;
  const what = [
    `first \`pulumi up\` of ${runners === 1 ? "one runner" : `${runners} runners`}`,
    ...(pods ? ["its pod included, which works for 3 s"] : []),
    ...(shared ? ["which share one definition a cluster"] : []),
    ...(parallel === undefined ? [] : [`--parallel ${parallel}`]),
    ...(kept === "end" ? [] : [KEPT[kept]]),
  ].join(", ");
  const unit = "ms";
  const targets = targetsOf(size);
  return {
    name: `up/${name}`,
    pairs,
    full,
    rows: [
      {
        ...{
          name: `up/${name}`,
          metric: "time",
          unit,
          target: targets.time,
          reference: REFERENCE,
        },
        subject: pods ? what : `${what}; less one quiet window, ${QUIET_WINDOW_MS} ms`,
      },
      {
        ...{
          name: `up/${name}/cpu`,
          metric: "cpu",
          unit,
          target: targets.cpu,
          reference: REFERENCE,
        },
        subject: `processor time of the ${what}`,
      },
    ],
    notes: pods
      ? [
          "a pod that ends sooner than the quiet window leaves the rest of it to wait for at the end of the update: its policy is confirmed then",
        ]
      : [
          "Jobs are suspended: measured is the update, not the pods, so that nothing is left to do in the quiet window; all runners are on one cluster",
          ...(kept === "end" ? ["state is written at the end only"] : []),
        ],
    async start() {
      const lab = await UpLab.start();
      const walls: number[] = [];
      const asked: number[] = [];
      try {
        await lab.note(size);
      } catch (error) {
        await lab.stop();
        throw error;
      }
      return {
        async subject() {
          const { wall, cpu, requests } = await lab.measure("runners", size);
          walls.push(wall);
          asked.push(requests);
          return { time: pods ? wall : wall - QUIET_WINDOW_MS, cpu };
        },
        async reference() {
          const { wall, cpu } = await lab.measure("by-hand", size);
          return { time: wall, cpu };
        },
        warm: runners === 1,
        notes() {
          const requests = `requests to Pulumi Cloud about issuers and policies: ${summarize(asked).median}`;
          if (pods) return [requests];
          const { median } = summarize(walls);
          return [
            `with the quiet window: ${median.toFixed(0)} ms, ${(median / runners).toFixed(0)} ms a runner`,
            requests,
          ];
        },
        close: () => lab.stop(),
      };
    },
  };
}

/** The first update of runners, against the same resources written by hand. */
export const ups: Benchmark[] = [
  up("with-pod", { runners: 1, pods: true }, { pairs: 5 }),
  up("1", { runners: 1, pods: false }, { pairs: 7 }),
  up("100", { runners: 100, pods: false }, { pairs: 3 }),
  // All policies of a cluster are under way at once, and so written with one quiet window.
  up("100-at-once", { runners: 100, pods: false, parallel: 128 }, { pairs: 3 }),
  // Those of a cluster rely on one definition, so no step waits but for that.
  up("100-shared", { runners: 100, pods: false, shared: true }, { pairs: 3 }),
  up("1-journal", { runners: 1, pods: false, kept: "journal" }, { pairs: 5 }),
  up("1-checkpoints", { runners: 1, pods: false, kept: "checkpoints" }, { pairs: 5 }),
  up("100-journal", { runners: 100, pods: false, kept: "journal" }, { pairs: 3 }),
  up("100-checkpoints", { runners: 100, pods: false, kept: "checkpoints" }, { pairs: 1, full: true }),
  up("100-file", { runners: 100, pods: false, kept: "file" }, { pairs: 1, full: true }),
  up("1000-journal", { runners: 1000, pods: false, kept: "journal" }, { pairs: 1, full: true }),
  up("1000", { runners: 1000, pods: false }, { pairs: 1, full: true }),
  up("1000-at-once", { runners: 1000, pods: false, parallel: 1024 }, { pairs: 1, full: true }),
  up("1000-shared", { runners: 1000, pods: false, shared: true }, { pairs: 1, full: true }),
];
