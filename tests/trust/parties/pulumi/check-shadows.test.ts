import assert from "node:assert/strict";
import { lint } from "../../../../trust/parties/pulumi/lint";
import { allow, SUB, withSub } from "../../lint/definitions";

describe("trust/parties/pulumi/check-shadows", () => {
  it("says which deny leaves nothing of an allow", () => {
    const deny = (sub: string) => ({ ...allow({ sub }), decision: "deny" as const });
    const good = allow(withSub(SUB));
    assert.deepEqual(lint([deny(`${SUB}-2`), good, deny("system:*")]), [
      {
        name: "DENY_SHADOWS_ALLOW",
        severity: "error",
        path: "policies[1]",
        message: "policies[2] denies all that this allows, and a deny always wins",
        fix: "remove policies[2], or make its rules narrower",
      },
    ]);
    assert.deepEqual(lint([deny(`${SUB}-2`), good, deny("system:node:*")]), []);
  });
});
