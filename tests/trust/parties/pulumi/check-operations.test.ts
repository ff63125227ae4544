import assert from "node:assert/strict";
import { lint } from "../../../../trust/parties/pulumi/lint";
import type { PolicyDefinition } from "../../../../trust/policy/model";

const sub = (operation: string) => `pulumi:deploy:org:acme:project:site:stack:prod:operation:${operation}:scope:write`;

describe("trust/lint: operations of deployments", () => {
  const found = (pattern: string, more: Partial<PolicyDefinition> = {}, claim = "sub") =>
    lint([
      {
        decision: "allow",
        tokenType: "organization",
        authorizedPermissions: [],
        rules: { aud: "acme", [claim]: pattern },
        ...more,
      },
    ]).filter(({ name }) => name === "UNVERIFIED_OPERATION");

  it("warns of drift runs, in allows and denies, and names the operation that their tokens may have instead [0.5]", () => {
    const [detect] = found(sub("detect-drift"));
    assert.deepEqual([detect?.severity, detect?.path], ["warning", "policies[0].rules.sub"]);
    assert.match(`${detect?.message} ${detect?.fix}`, /not verified: .* operation refresh, .* names refresh, add/);
    assert.match(found(sub("remediate-drift"))[0]?.message ?? "", /operation update,/);
    assert.equal(found(sub("detect-drift"), { decision: "deny" }).length, 1);
    assert.equal(found("pulumi:deploy:org:acme:*:operation:detect-drift:*").length, 1);
  });

  it("says nothing of other operations, and of other claims", () => {
    for (const operation of ["preview", "update", "refresh", "destroy", "*", "detect-drifts", "xdetect-drift"]) {
      assert.deepEqual(found(sub(operation)), [], operation);
    }
    assert.deepEqual(found(sub("detect-drift"), {}, "stack"), []);
    assert.deepEqual(found("pulumi:environments:org:acme:env:operation:detect-drift:x"), []);
  });
});
