import assert from "node:assert/strict";
import type { PolicyDefinition } from "../../../provider/trust/policy";
import { suggestMerges } from "../../../provider/trust/suggest-merges";

const allow = (sub: string, more: Partial<PolicyDefinition> = {}): PolicyDefinition => ({
  ...{ decision: "allow", tokenType: "organization", authorizedPermissions: [] },
  ...{ rules: { aud: "urn:pulumi:org:acme", sub } },
  ...more,
});
const account = (namespace: string, name: string, more?: Partial<PolicyDefinition>) =>
  allow(`system:serviceaccount:${namespace}:${name}`, more);

/** `pattern of the widened rule × how many (findings)`; `covered × how many` for what one covers already. */
const shown = (...definitions: PolicyDefinition[]) =>
  suggestMerges(definitions).map(
    ({ path, by, merged, findings }) =>
      `${path === undefined ? "covered" : by.rules[path]} × ${merged.length} (${findings.join(",")})`,
  );

describe("provider/trust/suggest-merges", () => {
  it("groups what differs in one part of one rule, the largest group first", () => {
    assert.deepEqual(
      shown(account("web", "x"), account("ci", "a"), account("ci", "b"), account("ci", "c"), account("web", "y")),
      ["system:serviceaccount:ci:* × 3 ()", "system:serviceaccount:web:* × 2 ()"],
    );
  });

  it("says what the linter warns of", () => {
    assert.deepEqual(shown(allow("repo:acme/a:environment:x"), allow("repo:acme/b:environment:x")), [
      "repo:acme/*:environment:x × 2 (WILDCARD_ACROSS_DELIMITER,MUTABLE_GITHUB_NAME)",
    ]);
  });

  it("suggests nothing that the linter refuses, nor what differs in more", () => {
    assert.deepEqual(shown(account("ci", "a"), account("web", "a")), []);
    assert.deepEqual(shown(account("ci", "a"), account("web", "b")), []);
    assert.deepEqual(shown(account("ci", "a")), []);
    assert.deepEqual(shown(account("ci", "a"), account("ci", "")), []);
    assert.deepEqual(shown(allow("org:ci:a:x"), allow("org:ci/a:x")), []);
    for (const more of [
      { decision: "deny" },
      { tokenType: "team", teamName: "web" },
      { roleID: "role-1" },
      { authorizedPermissions: ["admin"] },
    ] as Partial<PolicyDefinition>[]) {
      assert.deepEqual(shown(account("ci", "a"), account("ci", "b", more)), []);
    }
  });

  it("finds what another covers already, and of equal ones the first", () => {
    assert.deepEqual(shown(account("ci", "*"), account("ci", "a"), account("ci", "b")).slice(0, 1), ["covered × 3 ()"]);
    assert.deepEqual(shown(account("ci", "a"), account("ci", "a")), ["covered × 2 ()"]);
    const equal = [account("ci", "a"), account("ci", "a")];
    assert.equal(suggestMerges(equal)[0]?.by, equal[0]);
    const wider: PolicyDefinition = { ...allow(""), rules: { sub: "system:serviceaccount:ci:a" } };
    assert.deepEqual(suggestMerges([account("ci", "a"), wider])[0]?.by, wider);
  });
});
