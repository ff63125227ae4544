import assert from "node:assert/strict";
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
