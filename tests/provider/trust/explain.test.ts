import assert from "node:assert/strict";
import { explain } from "../../../provider/trust/explain";
import type { PolicyDefinition } from "../../../provider/trust/policy";

const AUDIENCE = "urn:pulumi:org:acme";
const SUBJECT = "system:serviceaccount:pulumi:deployer";
const allow: PolicyDefinition = {
  decision: "allow",
  tokenType: "organization",
  rules: { aud: AUDIENCE, sub: SUBJECT },
};
const claims = { iss: "https://issuer.example.com", aud: [AUDIENCE], sub: SUBJECT };
const request = { tokenType: "organization" } as const;

describe("provider/trust/explain", () => {
  it("names the definition that allows", () => {
    assert.deepEqual(explain([allow], claims, request), {
      decision: "allow",
      reasons: ["definition 0 matches and allows it"],
    });
  });

  it("names the deny that wins over an allow", () => {
    const deny: PolicyDefinition = { ...allow, decision: "deny" };
    const { decision, reasons } = explain([allow, deny], claims, request);
    assert.equal(decision, "deny");
    assert.match(reasons.join(), /definition 1 matches and denies it/);
  });

  it("says what was expected and what there is, also when there is nothing", () => {
    const { decision, reasons } = explain([allow], { ...claims, sub: `${SUBJECT}-2`, aud: undefined }, request);
    assert.equal(decision, "deny");
    assert.deepEqual(reasons, [
      `definition 0 does not match: aud expected ${AUDIENCE}, got no such claim; sub expected ${SUBJECT}, got ${SUBJECT}-2`,
    ]);
  });

  it("says when a definition is for another token", () => {
    const team: PolicyDefinition = { ...allow, tokenType: "team", teamName: "platform" };
    assert.deepEqual(explain([team], claims, request).reasons, ["definition 0 is for another token: team platform"]);
  });

  it("says when there is no allow at all", () => {
    const deny: PolicyDefinition = { decision: "deny", tokenType: "organization", rules: { sub: "someone-else" } };
    assert.deepEqual(explain([deny], claims, request).reasons, ["the policy has no allow"]);
  });

  it("points out a difference of a final slash or of case alone, and of nothing more", () => {
    const withSlash = { ...allow, rules: { iss: "https://issuer.example.com/" } };
    assert.match(explain([withSlash], claims, request).reasons.join(), /differ only by a final slash/);
    const inCapitals = { ...allow, rules: { sub: SUBJECT.toUpperCase() } };
    assert.match(explain([inCapitals], claims, request).reasons.join(), /upper and lower case/);
    const other = { ...allow, rules: { iss: "https://issuer.example.org/" } };
    assert.doesNotMatch(explain([other], claims, request).reasons.join(), /differ only/);
  });
});
