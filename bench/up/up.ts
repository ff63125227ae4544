import { QUIET_WINDOW_MS } from "../../provider/cloud/write-types";
import type { Benchmark } from "../measure/benchmark";
import { summarize } from "../measure/statistics";
import { type Size, UpLab } from "./up-lab";

const TARGET = 1.05;

function up(name: string, size: Size, pairs: number, full = false): Benchmark {
  const { runners, pods } = size;
  const many = runners === 1 ? "one runner" : `${runners} runners`;
  return {
    name: `up/${name}`,
    pairs,
    full,
    rows: [
      {
        name: `up/${name}`,
        metric: "time",
        unit: "ms",
        target: TARGET,
        subject: `first \`pulumi up\` of ${many}${pods ? ", pods included" : ""}, less one quiet window of ${QUIET_WINDOW_MS} ms`,
        reference: "that of the same Kubernetes objects, issuers and policies written by hand",
      },
    ],
    notes: pods
      ? []
      : ["Jobs are suspended, so that the update is measured and not the pods; at most 40 runners a cluster"],
    async start() {
      const lab = await UpLab.start();
      const walls: number[] = [];
      try {
        await lab.note(pods);
      } catch (error) {
        await lab.stop();
        throw error;
      }
      return {
        async subject() {
          const wall = await lab.measure("runners", size);
          walls.push(wall);
          return { time: wall - QUIET_WINDOW_MS };
        },
        reference: async () => ({ time: await lab.measure("by-hand", size) }),
        warm: runners === 1,
        notes() {
          const { median } = summarize(walls);
          return [`with the quiet window: ${median.toFixed(0)} ms, ${(median / runners).toFixed(0)} ms a runner`];
        },
        close: () => lab.stop(),
      };
    },
  };
}

/** The first update of runners, against the same resources written by hand. */
export const ups: Benchmark[] = [
  up("with-pod", { runners: 1, pods: true }, 5),
  up("1", { runners: 1, pods: false }, 7),
  up("100", { runners: 100, pods: false }, 3),
  up("1000", { runners: 1000, pods: false }, 1, true),
];
