import assert from "node:assert/strict";
import { evaluate } from "../../../trust/parties/pulumi/evaluate";
import { hasLiteralPart } from "../../../trust/pattern/pattern";
import type { PolicyDefinition, TokenRequest } from "../../../trust/policy/model";
import { hasEmptyRule, isDefaultDeny, isLeftBehind, neverEmpty } from "../../../trust/policy/standing-deny";
import { DEFAULT_DENY, leftBy } from "../../helpers/default-deny";

const RULES = { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:ci:deployer" };
const ALLOW: PolicyDefinition = {
  decision: "allow",
  tokenType: "organization",
  authorizedPermissions: [],
  rules: RULES,
};
const TEAM: PolicyDefinition = { ...ALLOW, tokenType: "team", teamName: "web" };
const EVE: PolicyDefinition = { ...ALLOW, decision: "deny", rules: { sub: "eve" } };

describe("trust/policy/standing-deny", () => {
  it("keeps a list that is not empty", () => assert.deepEqual(neverEmpty([EVE], [ALLOW]), [EVE]));

  const left: [string, PolicyDefinition[], PolicyDefinition][] = [
    ["an allow", [ALLOW], ALLOW],
    ["the last of several allows", [ALLOW, EVE, TEAM], TEAM],
    ["an allow before a deny", [ALLOW, EVE], ALLOW],
    ["a deny where nothing else goes", [EVE], EVE],
    ["an administrator's allow", [{ ...ALLOW, roleID: "role-1", authorizedPermissions: ["admin"] }], ALLOW],
    ["an allow beside the default deny", [DEFAULT_DENY, ALLOW], ALLOW],
  ];
  for (const [what, before, of] of left) {
    it(`leaves a deny of the same subject for ${what} [A0]`, () => {
      const next = neverEmpty([], before);
      assert.deepEqual(next, [leftBy(of)]);
      assert.ok(next.every(isLeftBehind));
      // What the service takes: a literal character in each rule.
      assert.ok(next.every(({ rules }) => Object.values(rules).every(hasLiteralPart)));
    });
  }

  it("leaves a deny of just the tokens that were allowed", () => {
    const list = [...neverEmpty([], [ALLOW]), { ...ALLOW, rules: { aud: RULES.aud } }];
    const decide = (sub: string, request: TokenRequest = { tokenType: "organization" }) =>
      evaluate(list, { ...RULES, sub, iss: "https://issuer.example.com" }, request).decision;
    assert.equal(decide(RULES.sub), "deny");
    assert.equal(decide(`${RULES.sub}2`), "allow");
  });

  it("leaves alone what denies everything already", () => {
    for (const before of [[DEFAULT_DENY], [leftBy(ALLOW)]]) {
      assert.deepEqual(neverEmpty([], before), before);
    }
  });

  it("does not take a deny with a rule of its own on iss for one that was left", () => {
    assert.equal(isLeftBehind({ ...EVE, rules: { ...RULES, iss: "https://issuer.example.com" } }), false);
    assert.equal(isLeftBehind({ ...leftBy(ALLOW), decision: "allow" }), false);
  });

  it("knows rules that can't be sent back, and patterns without a literal character", () => {
    assert.deepEqual([hasEmptyRule(DEFAULT_DENY), hasEmptyRule({ ...EVE, rules: { sub: "*" } })], [true, false]);
    assert.deepEqual(["", "*", "?", ".", ".*?", "a", "*a", " "].map(hasLiteralPart), [
      ...[false, false, false, false, false],
      ...[true, true, true],
    ]);
    assert.deepEqual([isDefaultDeny(EVE), isDefaultDeny({ ...DEFAULT_DENY, decision: "allow" })], [false, false]);
  });
});
