import assert from "node:assert/strict";
import { isLeftBehind } from "../../../trust/policy/standing-deny";
import { scramble } from "../support/scramble";
import { MODES } from "../support/simulated-policy";

const RUNS = process.env.OIDC_RUNNER_FULL === undefined ? 8 : 100;
const SEED = Number(process.env.OIDC_RUNNER_SEED ?? 1);

describe(`pulumi-cloud: random interleavings (seed ${SEED})`, () => {
  for (const mode of MODES) {
    for (const faultRate of [0, 0.2]) {
      it(`end with exactly what was asked for (${mode}, ${faultRate * 100} % of the writes fail)`, async () => {
        for (let run = 0; run < RUNS; run += 1) {
          const { wanted, there, rejected, left } = await scramble(SEED + run, { mode, faultRate, window: true });
          assert.deepEqual(there, wanted, `seed ${SEED + run}`);
          assert.equal(rejected, 0);
          if (wanted.length === 0) {
            assert.deepEqual(left.map(isLeftBehind), [true], `seed ${SEED + run}`);
          }
        }
      });
    }
  }

  it("lose definitions without the quiet window: the test can fail", async () => {
    let lost = 0;
    for (let seed = 1; seed <= 10; seed += 1) {
      const { wanted, there } = await scramble(seed, { mode: "keep", faultRate: 0, window: false });
      lost += wanted.join() === there.join() ? 0 : 1;
    }
    assert.ok(lost > 0, "nothing was lost in 10 runs");
  });
});
