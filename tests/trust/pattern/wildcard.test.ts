import assert from "node:assert/strict";
import fc from "fast-check";
import { coversPattern, matchesWildcard } from "../../../trust/pattern/wildcard";
import { textOf, tries } from "../../helpers/property";

/** What the documentation says, word for word and as slow as that is: the oracle of the property below. */
function oracle([token, ...rest]: string[], value: string[]): boolean {
  const [letter, ...later] = value;
  switch (token) {
    case undefined:
      return letter === undefined;
    case "*":
      return oracle(rest, value) || (letter !== undefined && oracle([token, ...rest], later));
    case "?":
      return oracle(rest, value) || (letter !== undefined && oracle(rest, later));
    case ".":
      return letter !== undefined && oracle(rest, later);
    default:
      return letter === token && oracle(rest, later);
  }
}

describe("trust/pattern/wildcard", () => {
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

  for (const [what, pattern, value] of [
    ["letters and wildcards alike", textOf("aab-*?.", 10), textOf("aab-.", 12)],
    ["mostly wildcards", textOf("a**??..", 9), textOf("ab", 10)],
    ["few wildcards", textOf("aaabbb*", 12), textOf("ab", 16)],
    ["wildcards in the value too", textOf("a*?.", 8), textOf("a*?.", 8)],
    ["characters of two code units", textOf("😀a*?.", 8), textOf("😀a", 8)],
  ] as const) {
    it(`decides as the recursive oracle does: ${what}`, () => {
      fc.assert(
        fc.property(pattern, value, (p, v) => matchesWildcard(p, v) === oracle([...p], [...v])),
        tries(1500),
      );
    });
  }

  it("decides as the recursive oracle does where a pattern is longer than a machine word", () => {
    // Both sides are led by up to 70 letters that fit, so that what decides lies on either side of a boundary.
    const lead = fc
      .constantFrom(..."a.")
      .chain((token) => fc.integer({ max: 70, min: 20 }).map((n) => token.repeat(n)));
    fc.assert(
      fc.property(lead, textOf("aab*?.", 9), textOf("ab", 10), (first, p, v) => {
        const value = `${"a".repeat(first.length)}${v}`;
        return matchesWildcard(`${first}${p}`, value) === oracle([...`${first}${p}`], [...value]);
      }),
      tries(1500),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 130 }),
        textOf("ab", 2),
        (marks, length, end) =>
          matchesWildcard(`b${"?".repeat(marks)}${end}b`, `b${"a".repeat(length)}${end}b`) === length <= marks,
      ),
      tries(1500),
    );
  });

  it("decides alike between long texts that are the same on both sides", () => {
    // Rare letters of a long pattern are looked up in another way than those of a short one.
    const same = fc.integer({ min: 0, max: 600 }).map((length) => "x".repeat(length));
    fc.assert(
      fc.property(same, textOf("abc*?.", 8), textOf("abc.?", 8), same, (before, p, v, after) => {
        const decision = matchesWildcard(`${before}|${p}|${after}`, `${before}|${v}|${after}`);
        return decision === oracle([...p], [...v]);
      }),
      tries(300),
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
          assert.ok(
            !oracle([...other], [...value]) || oracle([...one], [...value]),
            `${one} is not wider than ${other}: ${value}`,
          );
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
      ["a*", "a?"],
      ["?", "."],
    ]) {
      assert.equal(coversPattern(one as string, other as string), true, `${one} ${other}`);
      assert.equal(coversPattern(other as string, one as string), false, `${other} ${one}`);
    }
  });

  it("calls a run of wildcards the same in whatever order it is written", () => {
    for (const [one, other] of [
      ["*?", "*"],
      ["?.", ".?"],
      ["a?*.b", "a.*b"],
    ]) {
      assert.equal(coversPattern(one as string, other as string), true, `${one} ${other}`);
      assert.equal(coversPattern(other as string, one as string), true, `${other} ${one}`);
    }
    assert.equal(coversPattern(".*", "*"), false);
  });
});
