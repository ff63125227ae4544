import assert from "node:assert/strict";
import { compile } from "../../../../../trust/parties/gcp/evaluate/compile";
import { pathOf } from "../../../../../trust/parties/gcp/evaluate/parts";
import { type Alternative, alternativesOf } from "../../../../../trust/parties/gcp/lint/alternatives";

const VARIABLES = { assertion: undefined, google: undefined, attribute: undefined };

/** The ways to fulfil a condition on claims, where only `assertion.X` is one. */
function ways(condition: string): Alternative[] {
  const { expr } = compile(condition, "attributeCondition", 4096, VARIABLES);
  return alternativesOf(expr, (part) => {
    const [root, ...keys] = pathOf(part) ?? [];
    return root === "assertion" && keys.length > 0 ? keys : undefined;
  });
}

const way = (more: Partial<Alternative> = {}): Alternative => ({
  ...{ comparisons: [], negated: [], unread: false },
  ...more,
});
const is = (claim: string, ...values: string[]) => comparison(claim, values, { exact: true });
const like = (claim: string, glob: string) => comparison(claim, [glob], { exact: false });
const among = (claim: string, value: string) => comparison(claim, [value], { exact: true, among: true });
const comparison = (claim: string, values: string[], more: { exact: boolean; among?: true }) => ({
  ...{ keys: claim.split("."), values, path: "attributeCondition" },
  ...more,
});

describe("trust/parties/gcp/lint/alternatives", () => {
  const compared: [condition: string, comparison: ReturnType<typeof comparison>][] = [
    ["assertion.sub == 'x'", is("sub", "x")],
    ["'x' == assertion.sub", is("sub", "x")],
    ["assertion.id == 1", is("id", "1")],
    ["assertion.verified == true", is("verified", "true")],
    ["assertion['a.b']['c'].d == 'x'", { ...is("", "x"), keys: ["a.b", "c", "d"] }],
    ["assertion.sub in ['x', 'y']", is("sub", "x", "y")],
    ["'x' in assertion.groups", among("groups", "x")],
    ["assertion.sub.startsWith('x')", like("sub", "x*")],
    ["assertion.sub.endsWith('x')", like("sub", "*x")],
    ["assertion.sub.contains('x')", like("sub", "*x*")],
    ["assertion.sub.matches('^x.+y$')", like("sub", "x?*y")],
  ];
  for (const [condition, expected] of compared) {
    it(`reads ${condition}`, () => assert.deepEqual(ways(condition), [way({ comparisons: [expected] })]));
  }

  for (const condition of [
    // No claim, or none that is there as it is.
    "1 == 1",
    "'x' == google.subject",
    "assertion == 'x'",
    "assertion.sub.lowerAscii() == 'x'",
    "assertion.list[0] == 'x'",
    // No text to compare with.
    "assertion.sub == assertion.actor",
    "assertion.share == 1.5",
    "assertion.sub in assertion.groups",
    "assertion.sub in ['x', assertion.actor]",
    "assertion.sub in []",
    "google.subject in ['x']",
    "'x' in google.groups",
    "assertion.sub.startsWith(assertion.actor)",
    "'x'.startsWith(assertion.sub)",
    // Stars and question marks are letters there, and would be patterns here.
    "assertion.sub.startsWith('x*')",
    "assertion.sub.endsWith('x?')",
    "assertion.sub.matches('^(x|y)$')",
    // Comparisons of another kind, and values that are no comparisons.
    "assertion.sub > 'x'",
    "assertion.sub == 'x' ? true : false",
    "assertion.groups.all(g, assertion.groups.exists(h, g == h))",
    "assertion.verified",
    "'x'",
    "1",
    "[true]",
  ]) {
    it(`does not read ${condition}, and says so`, () => assert.deepEqual(ways(condition), [way({ unread: true })]));
  }

  it("finds no way where nothing can be fulfilled, and one that asks nothing where all is", () => {
    assert.deepEqual(ways("false"), []);
    assert.deepEqual(ways("assertion.sub == 'x' && false"), []);
    assert.deepEqual(ways("true"), [way()]);
    assert.deepEqual(ways("has(assertion.sub)"), [way()]);
    assert.deepEqual(ways("!has(assertion.sub)"), [way()]);
  });

  it("knows which claims are only said not to be something", () => {
    assert.deepEqual(ways("assertion.sub != 'x'"), [way({ negated: ["sub"] })]);
    assert.deepEqual(ways("!(assertion.a.b == 'x' || assertion.sub.startsWith('y'))"), [
      way({ negated: ["a.b", "sub"] }),
    ]);
    assert.deepEqual(ways("assertion.a != 'x' && assertion.b != 'y'"), [way({ negated: ["a", "b"] })]);
  });

  it("takes all that is asked together, and what is asked otherwise for itself", () => {
    assert.deepEqual(ways("(assertion.a == 'x' || assertion.b == 'y') && assertion.c != 'z'"), [
      way({ comparisons: [is("a", "x")], negated: ["c"] }),
      way({ comparisons: [is("b", "y")], negated: ["c"] }),
    ]);
    for (const condition of ["assertion.a == 'x' && assertion.b", "assertion.b && assertion.a == 'x'"]) {
      assert.deepEqual(ways(condition), [way({ comparisons: [is("a", "x")], unread: true })]);
    }
    assert.deepEqual(ways("assertion.b && assertion.c"), [way({ unread: true })]);
  });

  it("looks at 64 ways one by one, and not at 65", () => {
    const any = (count: number) =>
      Array.from({ length: count }, (_, index) => `assertion.id == '${index}'`).join(" || ");
    assert.equal(ways(any(64)).length, 64);
    assert.deepEqual(ways(any(65)), [way({ unread: true })]);
    assert.equal(ways(`(${any(8)}) && (${any(8)})`).length, 64);
    assert.deepEqual(ways(`(${any(5)}) && (${any(13)})`), [way({ unread: true })]);
  });
});
