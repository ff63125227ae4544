import assert from "node:assert/strict";
import { checkBreadth } from "../../../../provider/trust/lint/check-breadth";
import { shapeOf } from "../../../../provider/trust/lint/subject";

/** The findings about a pattern of the subject, by name and severity. */
const found = (pattern: string) => {
  const rule = { keys: ["sub"], pattern, shape: shapeOf(pattern, "*?."), path: "sub" };
  return checkBreadth({ kind: undefined, rules: [rule] }).map(({ name, severity }) => `${name} ${severity}`);
};

describe("provider/trust/lint/tenant", () => {
  const BROAD = ["BROAD_SUBJECT error"];

  for (const [broad, narrow] of [
    // The star takes what says whose token it is, and with it everybody of the issuer.
    ["system:*", "system:serviceaccount:pulumi:*"],
    ["system:service*", "system:serviceaccount:pulumi:deployer"],
    ["system:*deployer", "system:serviceaccount:pulumi:deployer"],
    ["system:serviceaccount*", "system:serviceaccount:pulumi:*"],
    ["system:serviceaccount:*", "system:serviceaccount:pulumi:*"],
    ["s*", "system:serviceaccount:pulumi:*"],
    ["pulumi:*", "pulumi:deploy:org:acme:*"],
    ["pulumi:deploy:*", "pulumi:deploy:org:acme:*"],
    ["pulumi:deploy:org*", "pulumi:deploy:org:acme:*"],
    ["repo*", "repo:acme@1/*"],
    ["project_path*", "project_path:acme/*"],
  ] as const) {
    it(`takes ${broad} for everybody, and ${narrow} not`, () => {
      assert.deepEqual(found(broad), BROAD);
      assert.ok(!found(narrow).some((finding) => finding.startsWith("BROAD_SUBJECT")), narrow);
    });
  }

  it("knows nothing of subjects that begin otherwise", () => {
    assert.deepEqual(found("team:*"), []);
    assert.deepEqual(found("systems:*"), []);
    assert.deepEqual(found("team*"), ["WILDCARD_WITHOUT_DELIMITER error"]);
  });
});
