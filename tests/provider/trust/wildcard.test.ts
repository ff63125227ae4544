import assert from "node:assert/strict";
import fc from "fast-check";
import { coversPattern, matchesWildcard } from "../../../provider/trust/wildcard";
import { textOf, tries } from "../../helpers/property";

/** What the documentation says, word for word and as slow as that is: the oracle of the property below. */
function oracle(pattern: string, value: string): boolean {
  if (pattern === "") {
    return value === "";
  }
  const rest = pattern.slice(1);
  switch (pattern[0]) {
    case "*":
      return oracle(rest, value) || (value !== "" && oracle(pattern, value.slice(1)));
    case "?":
      return oracle(rest, value) || (value !== "" && oracle(rest, value.slice(1)));
    case ".":
      return value !== "" && oracle(rest, value.slice(1));
    default:
      return value[0] === pattern[0] && oracle(rest, value.slice(1));
  }
}

describe("provider/trust/wildcard", () => {
  const table: [pattern: string, matches: string[], others: string[]][] = [
    ["runner", ["runner"], ["", "runner2", "xrunner", "Runner", "runne"]],
    ["", [""], ["a"]],
    ["*", ["", "a", "a:b/c", "two\nlines"], []],
    ["runner-*", ["runner-", "runner-x1"], ["runner", "x-runner-1"]],
    ["*:deployer", ["a:deployer", ":deployer"], ["deployer", "a:deployer2"]],
    ["a*b*c", ["abc", "a-b-c", "abbcc"], ["acb", "abcd"]],
    ["run?er", ["runner", "runer"], ["runnner", "run er ", "ru er"]],
    ["a?", ["a", "ab"], ["", "abc"]],
    ["a??", ["a", "ab", "abc"], ["abcd"]],
    ["a.c", ["abc", "a.c", "a-c"], ["ac", "abbc"]],
    ["...", ["abc"], ["ab", "abcd"]],
    [".*", ["a", "abc"], [""]],
    ["?*.", ["a", "abc"], [""]],
    ["[a-z]+$(x|y)^\\d", ["[a-z]+$(x|y)^\\d"], ["ax", "b1"]],
    ["gr.n", ["grün", "gr😀n"], ["grn", "gr😀😀n"]],
  ];
  for (const [pattern, matches, others] of table) {
    it(`matches ${JSON.stringify(pattern)} to the letter of the documentation`, () => {
      for (const value of matches) {
        assert.equal(matchesWildcard(pattern, value), true, `should match ${JSON.stringify(value)}`);
      }
      for (const value of others) {
        assert.equal(matchesWildcard(pattern, value), false, `should not match ${JSON.stringify(value)}`);
      }
    });
  }

  it("decides as the recursive oracle does", () => {
    const pattern = textOf("aab-*?.", 10);
    const value = textOf("aab-.", 12);
    fc.assert(
      fc.property(pattern, value, (p, v) => matchesWildcard(p, v) === oracle(p, v)),
      tries(3000),
    );
  });

  it("finds what a pattern was made from", () => {
    const part = fc.oneof(
      textOf("ab-.", 4).map((text) => [text, text.replaceAll(".", "x")]),
      textOf("ab-", 4).map((text) => ["*", text]),
      fc.constantFrom(["?", ""], ["?", "z"], [".", "z"]),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) =>
        matchesWildcard(parts.map(([p]) => p).join(""), parts.map(([, v]) => v).join("")),
      ),
      tries(1000),
    );
  });

  it("calls a pattern wider than another only if it matches all the other does", () => {
    let wider = 0;
    fc.assert(
      fc.property(textOf("ab*?.", 5), textOf("ab*?.", 5), textOf("abx", 6), (one, other, value) => {
        if (coversPattern(one, other)) {
          wider += 1;
          assert.ok(!oracle(other, value) || oracle(one, value), `${one} is not wider than ${other}: ${value}`);
        }
        assert.ok(coversPattern(one, one) && coversPattern("*", one));
      }),
      tries(3000),
    );
    assert.ok(wider > 30, `only ${wider} pairs were compared`);
  });

  it("tells a wider pattern from a narrower one", () => {
    for (const [one, other] of [
      ["*", "a*"],
      ["a*", "ab"],
      ["a*", "a*b*"],
      ["a.", "ab"],
      ["a?", "a"],
      ["?", "."],
    ]) {
      assert.equal(coversPattern(one as string, other as string), true, `${one} ${other}`);
      assert.equal(coversPattern(other as string, one as string), false, `${other} ${one}`);
    }
  });

  it("is not slowed down by a pattern that makes others backtrack", () => {
    // 2^40 steps for a matcher that tries one way after another.
    assert.equal(matchesWildcard(`${"a?".repeat(40)}${"*a".repeat(40)}b`, "a".repeat(2000)), false);
  });
});
