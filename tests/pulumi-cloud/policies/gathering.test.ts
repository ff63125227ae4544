import assert from "node:assert/strict";
import { untilConfirmed, writeTogether } from "../../../pulumi-cloud/policies/queue";
import { QUIET_WINDOW_MS } from "../../../pulumi-cloud/policies/types";
import { writePolicy } from "../../../pulumi-cloud/policies/write";
import { generator } from "../support/generator";
import { definition, label } from "../support/scramble";
import { SimulatedPolicy } from "../support/simulated-policy";
import { VirtualTime } from "../support/virtual-time";

const RESOURCES = 30;
/** Pulumi's default on two cores. */
const PARALLEL = 8;
const RUNS = process.env.OIDC_RUNNER_FULL === undefined ? 10 : 200;
const SEED = Number(process.env.OIDC_RUNNER_SEED ?? 1);

/**
 * An engine that creates resources, some at a time; a slot is free again when its create returns, and needs up to `spreadMs`
 * to start the next. Returns the calls it costs.
 */
async function create(seed: number, spreadMs: number): Promise<number> {
  const random = generator(seed);
  const time = new VirtualTime(random);
  const server = new SimulatedPolicy(time, 0, "keep", 100);
  const pace = { timing: time, quietWindowMs: QUIET_WINDOW_MS };
  const names = Array.from({ length: RESOURCES }, (_, index) => `runner-${index}`);
  const waiting = [...names];
  const slot = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      await time.sleep(random() * spreadMs);
      await writeTogether(
        `gathering-${seed}-${spreadMs}`,
        { add: [definition(name)], remove: [], adopt: false, lease: name },
        (changes, start, onStored) => writePolicy(server.access, "issuer", changes, pace, start, onStored),
        pace,
        assert.ifError,
      );
    }
  };
  const update = async () => {
    await Promise.all(Array.from({ length: PARALLEL }, slot));
    await untilConfirmed();
  };
  await time.run(update());
  assert.deepEqual(server.policies.map(label).sort(), names.map((name) => `allow:${name}`).sort());
  return server.requests.length;
}

describe(`pulumi-cloud: ${RESOURCES} policies, ${PARALLEL} at a time (seed ${SEED})`, () => {
  for (const [spreadMs, most] of [
    [0, 9],
    [20, 9],
    [100, 9],
    [250, 10],
    [500, 12],
  ] as const) {
    it(`cost at most ${most} calls on average when they are started within ${spreadMs} ms`, async () => {
      const counts: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        counts.push(await create(SEED + run, spreadMs));
      }
      const average = counts.reduce((sum, count) => sum + count) / RUNS;
      assert.ok(average <= most, counts.join(" "));
      // Starts that are spread by chance just beyond the wait of a batch cost more; one write each would be 60 calls.
      assert.ok(Math.max(...counts) <= RESOURCES, counts.join(" "));
      assert.ok(Math.min(...counts) > 4, "nothing waited for another");
    });
  }
});
