import assert from "node:assert/strict";
import fc from "fast-check";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { definitionKey, includesDefinition, sameDefinition } from "../../../trust/policy/same";
import { textOf, tries } from "../../helpers/property";

const one: PolicyDefinition = {
  ...{ decision: "allow", tokenType: "organization", roleID: "role" },
  authorizedPermissions: ["admin", "read"],
  rules: { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:deployer" },
};
const reversed = (definition: object) => Object.fromEntries(Object.entries(definition).reverse());

describe("trust/policy/same", () => {
  const same: [what: string, other: unknown][] = [
    ["the same", { ...one }],
    ["its keys in another order", reversed(one)],
    ["its rules in another order", { ...one, rules: reversed(one.rules) }],
    ["its permissions in another order", { ...one, authorizedPermissions: ["read", "admin"] }],
    ["what is absent written as null", { ...one, teamName: null }],
    ["as an empty text", { ...one, teamName: "" }],
    ["as undefined", { ...one, teamName: undefined }],
    ["a field that the service adds one day [A9]", { ...one, id: "7b1e", future: { kept: [1] } }],
  ];
  for (const [what, other] of same) {
    it(`takes a definition for itself: ${what}`, () => {
      assert.equal(sameDefinition(one, other as PolicyDefinition), true);
      assert.equal(definitionKey(one), definitionKey(other as PolicyDefinition));
    });
  }

  it("takes no rules and no permissions for none", () => {
    const bare = { decision: "deny", tokenType: "team" } as unknown as PolicyDefinition;
    for (const other of [
      { ...bare, rules: {} },
      { ...bare, rules: null, authorizedPermissions: null },
      { ...bare, authorizedPermissions: [] },
    ]) {
      assert.equal(sameDefinition(bare, other as unknown as PolicyDefinition), true);
      assert.equal(definitionKey(bare), definitionKey(other as unknown as PolicyDefinition));
    }
  });

  const others: [what: string, other: unknown][] = [
    ["a deny", { ...one, decision: "deny" }],
    ["another token", { ...one, tokenType: "personal" }],
    ["another role", { ...one, roleID: "other" }],
    ["no role", { ...one, roleID: undefined }],
    ["a permission less", { ...one, authorizedPermissions: ["admin"] }],
    ["a permission twice", { ...one, authorizedPermissions: ["admin", "read", "read"] }],
    ["a rule less", { ...one, rules: { aud: "urn:pulumi:org:acme" } }],
    ["a rule of another value", { ...one, rules: { ...one.rules, sub: "other" } }],
    ["values exchanged", { ...one, rules: { aud: one.rules.sub, sub: one.rules.aud } }],
  ];
  for (const [what, other] of others) {
    it(`takes it for another: ${what}`, () => {
      assert.equal(sameDefinition(one, other as PolicyDefinition), false);
      assert.notEqual(definitionKey(one), definitionKey(other as PolicyDefinition));
    });
  }

  it("has one key for definitions that say the same, and another for all others", () => {
    const definition = fc.record(
      {
        decision: fc.constantFrom("allow" as const, "deny" as const),
        tokenType: fc.constantFrom("team" as const, "personal" as const),
        teamName: fc.constantFrom("", "a", "b"),
        authorizedPermissions: fc.array(fc.constantFrom("admin", "read"), { maxLength: 2 }),
        rules: fc.dictionary(textOf("abc", 1), textOf("ab", 1), { maxKeys: 3, noNullPrototype: true }),
      },
      { requiredKeys: ["decision", "tokenType", "rules"] },
    );
    fc.assert(
      fc.property(definition, definition, fc.boolean(), (left, other, equal) => {
        const right = equal ? left : other;
        const turned = { ...(reversed(right) as typeof right), rules: reversed(right.rules) as typeof right.rules };
        assert.ok(!equal || sameDefinition(left, turned));
        assert.equal(sameDefinition(left, turned), definitionKey(left) === definitionKey(turned));
        assert.equal(definitionKey(right), definitionKey(turned));
      }),
      tries(1000),
    );
  });

  it("finds a definition in a list", () => {
    const denying: PolicyDefinition = { ...one, decision: "deny" };
    assert.equal(includesDefinition([denying, { ...one }], one), true);
    assert.equal(includesDefinition([denying], one), false);
    assert.equal(includesDefinition([], one), false);
  });
});
