import assert from "node:assert/strict";
import type { PolicyDefinition } from "../../../provider/trust/policy";
import { policyLimit } from "../../../provider/trust/policy-limit";
import { assertUserError } from "../../helpers/refused";

const allow = (sub: string): PolicyDefinition => ({
  ...{ decision: "allow", tokenType: "organization", authorizedPermissions: [] },
  rules: { aud: "urn:pulumi:org:acme", sub },
});
const accounts = (namespace: string, length: number) =>
  Array.from({ length }, (_, index) => allow(`system:serviceaccount:${namespace}:a${index}`));
const merges = (definitions: PolicyDefinition[]) => (policyLimit(definitions, 2).fix ?? "").split("; ").slice(1);

describe("provider/trust/policy-limit", () => {
  it("says how many there would be, how many there may be, and what to do", () => {
    const error = policyLimit([allow("x")], 40);
    assertUserError(error, "POLICY_LIMIT", "definitions");
    assert.match(error.message, /would have 1 definitions, 40 are allowed/);
    assert.equal(
      error.fix,
      "let runners share a definition (createPolicy: false, with the definition in the policies of their trust) or remove what is no longer used",
    );
  });

  it("shows a merge with up to three values, and how many more there are", () => {
    const text = (values: string, count: number) =>
      `sub: "system:serviceaccount:ci:*" could stand for ${count} of them, ${values} (the linter has no objection)`;
    const [a0, a1, a2] = [0, 1, 2].map((index) => `"system:serviceaccount:ci:a${index}"`);
    assert.deepEqual(merges(accounts("ci", 3)), [text(`${a0}, ${a1}, ${a2}`, 3)]);
    assert.deepEqual(merges(accounts("ci", 4)), [text(`${a0}, ${a1}, ${a2} and 1 more`, 4)]);
  });

  it("shows what the linter would warn of, and what is covered already", () => {
    assert.deepEqual(merges([allow("repo:acme/a:environment:x"), allow("repo:acme/b:environment:x")]), [
      'sub: "repo:acme/*:environment:x" could stand for 2 of them, "repo:acme/a:environment:x", "repo:acme/b:environment:x" (the linter warns: WILDCARD_ACROSS_DELIMITER, MUTABLE_GITHUB_NAME)',
    ]);
    const [covering] = merges([allow("system:serviceaccount:ci:*"), ...accounts("ci", 2)]);
    assert.equal(
      covering,
      '{"aud":"urn:pulumi:org:acme","sub":"system:serviceaccount:ci:*"} covers 2 other(s) already',
    );
  });

  it("shows the three largest", () => {
    const groups = ["a", "b", "c", "d"].flatMap((namespace, index) => accounts(namespace, index + 2));
    assert.deepEqual(
      merges(groups).map((text) => /serviceaccount:(\w):\*" could stand for (\d)/.exec(text)?.slice(1)),
      [
        ["d", "5"],
        ["c", "4"],
        ["b", "3"],
      ],
    );
  });
});
