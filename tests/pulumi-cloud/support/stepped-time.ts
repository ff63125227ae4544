import type { Timing } from "../../../pulumi-cloud/api/timing";

/** A clock that sleeping alone moves, without waiting: what was read stays fresh, however slow or fast the machine is. */
export function steppedTime(): Timing {
  let now = 0;
  return {
    now: () => now,
    async sleep(milliseconds) {
      now += milliseconds;
      // Everything that can go on goes on before the sleeper.
      await new Promise((resolve) => setImmediate(resolve));
    },
    random: Math.random,
  };
}
