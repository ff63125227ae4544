import assert from "node:assert/strict";
import { explain } from "../../../../trust/parties/pulumi/explain";
import type { PolicyDefinition, TokenRequest } from "../../../../trust/policy/model";

const AUDIENCE = "urn:pulumi:org:acme";
const SUBJECT = "system:serviceaccount:pulumi:deployer";
const allow: PolicyDefinition = {
  decision: "allow",
  tokenType: "organization",
  rules: { aud: AUDIENCE, sub: SUBJECT },
};
const claims = { iss: "https://issuer.example.com", aud: [AUDIENCE], sub: SUBJECT };
const request = { tokenType: "organization" } as const;

describe("trust/parties/pulumi/explain", () => {
  it("names the definition that allows", () => {
    assert.deepEqual(explain([allow], claims, request), {
      decision: "allow",
      reasons: ["definition 0 matches and allows it"],
    });
  });

  it("names the deny that wins over an allow, what of it matched, and what to do", () => {
    const deny: PolicyDefinition = { ...allow, decision: "deny", rules: { sub: "system:*" } };
    assert.deepEqual(explain([allow, deny], claims, request), {
      decision: "deny",
      reasons: [
        "definition 1 matches and denies it, and a deny wins over every allow: sub is system:*",
        "definition 0 would allow this token: remove definition 1, or make it narrower",
      ],
    });
  });

  it("says when a deny is not all there is in the way", () => {
    const deny: PolicyDefinition = { ...allow, decision: "deny", rules: {} };
    assert.deepEqual(explain([deny, { ...allow, rules: { sub: "other" } }], claims, request).reasons, [
      "definition 0 matches and denies it, and a deny wins over every allow: it has no rules, so it denies every such token",
      "without it, no definition would allow this token either",
    ]);
  });

  it("says what was expected and what there is, also when there is nothing", () => {
    const { decision, reasons } = explain([allow], { ...claims, sub: "root", aud: undefined }, request);
    assert.equal(decision, "deny");
    assert.deepEqual(reasons, [
      `definition 0 does not match: aud expected ${AUDIENCE}, got no such claim; sub expected ${SUBJECT}, got root`,
    ]);
  });

  it("says what to change, where it can tell", () => {
    const { reasons } = explain([allow], { ...claims, sub: `${SUBJECT}/` }, request);
    assert.deepEqual(reasons, [
      `definition 0 does not match: sub expected ${SUBJECT}, got ${SUBJECT}/ (they differ only by a final slash)`,
    ]);
  });

  it("begins with the definition that came nearest", () => {
    const orderOf = (...rules: Record<string, string>[]) =>
      explain(
        rules.map((entry) => ({ ...allow, rules: entry })),
        claims,
        request,
      ).reasons.map((reason) => Number(/^definition (\d+)/.exec(reason)?.[1]));
    assert.deepEqual(orderOf({ aud: "x", sub: "y" }, { aud: AUDIENCE, sub: "y" }), [1, 0]);
    assert.deepEqual(orderOf({ sub: "y" }, { sub: SUBJECT.toUpperCase() }), [1, 0]);
    assert.deepEqual(orderOf({ sub: "y" }, { sub: "z" }), [0, 1]);
  });

  describe("for another token", () => {
    const team = { ...allow, tokenType: "team", teamName: "platform" } as const;
    const reasonOf = (definition: PolicyDefinition, asked: TokenRequest) =>
      explain([definition], claims, asked).reasons.join();

    it("says what to ask for, and whether that would do", () => {
      assert.equal(
        reasonOf(team, request),
        "definition 0 is for another token: team platform, asked for organization (to ask for it: --token-type team --team platform); its rules match",
      );
      assert.match(reasonOf({ ...team, rules: { sub: "x" } }, request), /; and its rules don't match: sub expected x/);
      assert.match(
        reasonOf(allow, { tokenType: "team", team: "x" }),
        /organization, asked for team .*--token-type organization\)/,
      );
    });

    it("tells teams, users and runner pools apart", () => {
      assert.match(reasonOf(team, { tokenType: "team", team: "web" }), /team platform, asked for web; its/);
      assert.match(reasonOf(team, { tokenType: "team", team: "Platform" }), /Platform \(they differ only in upper and/);
      assert.match(reasonOf(team, { tokenType: "team" }), /asked for none by name/);
      const personal = { ...allow, tokenType: "personal", userLogin: "octocat" } as const;
      assert.match(reasonOf(personal, { tokenType: "personal", user: "hubot" }), /personal octocat, asked for hubot/);
      assert.equal(explain([personal], claims, { tokenType: "personal", user: "octocat" }).decision, "allow");
    });

    it("says when it is only admin that is missing", () => {
      assert.match(reasonOf(allow, { ...request, admin: true }), /organization without admin, asked for admin/);
      assert.doesNotMatch(reasonOf(team, { ...request, admin: true }), /without admin/);
    });

    it("is nearer than a definition whose rules are far off, and farther than one with a fix at hand", () => {
      const first = (...definitions: PolicyDefinition[]) => explain(definitions, claims, request).reasons[0] ?? "";
      assert.match(first({ ...allow, rules: { sub: "x" } }, team), /^definition 1 is for another token/);
      assert.match(first(team, { ...allow, rules: { sub: SUBJECT.toUpperCase() } }), /^definition 1 does not match/);
    });
  });

  it("says when there is no allow at all", () => {
    const deny: PolicyDefinition = { decision: "deny", tokenType: "organization", rules: { sub: "someone-else" } };
    assert.deepEqual(explain([deny], claims, request).reasons, ["the policy has no allow"]);
    assert.deepEqual(explain([], claims, request).reasons, ["the policy has no allow"]);
  });

  it("tells no claims but those of rules, on one line each, and not at length", () => {
    const token = { ...claims, jti: "secret-id", sub: `a\nb\u001b[31m${"c".repeat(1000)}` };
    const { reasons } = explain([allow], token, request);
    assert.equal(reasons.length, 1);
    assert.doesNotMatch(reasons.join(), /secret-id|\p{Cc}|c{300}/u);
    assert.match(reasons.join(), /got a\\u000ab\\u001b\[31mc+…/);
  });
});
