import assert from "node:assert/strict";
import { githubActions } from "../../../trust/issuers";
import { subjectOf } from "../../../trust/lint/comparisons";

describe("trust/lint/comparisons: subjectOf", () => {
  const loose = { keys: ["sub"], exact: false, values: ["a.?*"], path: "loose" };
  const exact = { keys: ["sub"], exact: true, values: ["a*", "b?"], path: "exact" };
  const patterns = (...comparisons: (typeof loose)[]) =>
    subjectOf(comparisons, githubActions).rules.map(({ pattern, shape, path }) => `${pattern} ${shape} ${path}`);

  it("goes by the exact comparison of a claim, wherever it stands", () => {
    const rules = ["a* ax exact", "b? bx exact"];
    assert.deepEqual(patterns(exact, loose), rules);
    assert.deepEqual(patterns(loose, exact), rules);
    assert.deepEqual(patterns(loose), ["a.?* ax?* loose"]);
    assert.deepEqual(patterns(loose, { ...loose, values: ["b*"], path: "later" }), ["a.?* ax?* loose"]);
  });

  it("keeps claims apart that are only written alike", () => {
    const of = (...keys: string[]) => ({ ...loose, keys });
    assert.equal(patterns(of("a", "b"), of("ab"), of("a.b"), of("b", "a")).length, 4);
    assert.equal(patterns(of("a", "b"), of("a", "b")).length, 1);
  });

  it("is about the issuer it is given", () => {
    assert.equal(subjectOf([], githubActions).issuer, githubActions);
    assert.equal(subjectOf([], undefined).issuer, undefined);
  });
});
