import assert from "node:assert/strict";
import { secondsOf } from "../../../../lab/pulumi-cloud/environments/duration";
import { type EvaluationHooks, evaluate } from "../../../../lab/pulumi-cloud/environments/evaluator";

describe("lab/pulumi-cloud: the evaluator's process", () => {
  const request = { action: "open", name: "infra/dev", definition: "values: {}\n", key: "" } as const;
  const hooks: EvaluationHooks = { environment: () => "", login: async () => ({}) };

  it("that is missing, does not start or gives no answer is an error of the service", async () => {
    await assert.rejects(evaluate({ missing: "no Go" }, request, hooks), { status: 501, message: /: no Go$/ });
    await assert.rejects(evaluate({ path: "/nowhere/esc-evaluator" }, request, hooks), { status: 500 });
    await assert.rejects(evaluate({ path: "/bin/true" }, request, hooks), { status: 500 });
  });
});

describe("lab/pulumi-cloud: durations of environments", () => {
  it("are read as Go writes them, and nothing else", () => {
    assert.deepEqual(["2h0m0s", "1h30m", "15m", "90s", "1.5h"].map(secondsOf), [7200, 5400, 900, 90, 5400]);
    for (const text of ["", "1", "h", "1d", "-1h", "1h "]) {
      assert.throws(() => secondsOf(text), /^Error: time: invalid duration/, text);
    }
  });
});
