import type { Benchmark } from "../measure/benchmark";
import { again, stateBytes, UpLab } from "./up-lab";

const OPERATIONS = ["preview", "refresh", "up"] as const;
const TARGET = 1.25;

function agains(runners: number, full: boolean): Benchmark {
  const size = { runners, pods: false };
  return {
    name: `again/${runners}`,
    pairs: full ? 1 : 3,
    full,
    rows: OPERATIONS.map((operation) => ({
      ...{ name: `again/${runners}/${operation}`, metric: operation, unit: "ms", target: TARGET },
      subject: `\`pulumi ${operation}\` of ${runners} runners that are there and stay as they are`,
      reference: "that of the same Kubernetes objects, issuer and policy written by hand",
    })),
    async start() {
      const lab = await UpLab.start();
      try {
        await lab.note(size);
        const made = { subject: await lab.make("runners", size), reference: await lab.make("by-hand", size) };
        const requests: string[] = [];
        const measure = async (side: "subject" | "reference") => {
          const times: Record<string, number> = {};
          for (const operation of OPERATIONS) {
            const { wall, requests: count } = await again(made[side], operation);
            times[operation] = wall;
            if (side === "subject") requests.push(`${operation} ${count}`);
          }
          return times;
        };
        const bytes = { subject: await stateBytes(made.subject), reference: await stateBytes(made.reference) };
        const kilobytes = (side: "subject" | "reference") => `${(bytes[side] / runners / 1000).toFixed(1)} kB a runner`;
        return {
          subject: () => measure("subject"),
          reference: () => measure("reference"),
          warm: !full,
          notes: () => [
            `state: ${kilobytes("subject")}, by hand ${kilobytes("reference")}`,
            `requests to Pulumi Cloud: ${[...new Set(requests)].join(", ")}`,
          ],
          close: () => lab.stop(),
        };
      } catch (error) {
        await lab.stop();
        throw error;
      }
    },
  };
}

/** Operations on runners that are there already, against the same resources written by hand. */
export const operations: Benchmark[] = [agains(1, false), agains(100, false), agains(1000, true)];
