import assert from "node:assert/strict";
import fc from "fast-check";
import { coversPattern, hasLiteralPart, matchesGlob, matchesWildcard } from "../../../trust/pattern/pattern";
import { textOf, tries } from "../../helpers/property";
import { refused } from "../../helpers/refused";

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

describe("trust/pattern", () => {
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
    // The beginning and the end may not share a letter.
    ["ab*ba", ["abba", "abcba"], ["aba", "ab"]],
    ["ab*c*ba", ["abcba", "abxcxba"], ["abba", "abxba"]],
    // Nor may a part between them take what the one behind it or the end needs.
    ["*aa*aa*", ["aaaa", "aabaa"], ["aaa"]],
    ["*aa*aa", ["aaaa", "baaaa"], ["aaa", "baaa"]],
    // Where an attempt fails, a later one may begin within it.
    ["*aab*", ["aaab", "xaaabx"], ["aaa", "abab"]],
    ["*abab*abc*", ["ababababc", "ababxabc"], ["ababab", "ababc"]],
    ["*abaabab*", ["abaabaabab"], ["abaabaabba"]],
    // A wildcard's own character in the value is a letter.
    ["*a.b", [".axb"], [".ab"]],
    ["*a?b", ["?axb"], ["?axxb"]],
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

  it("decides alike between long texts that are the same on both sides", () => {
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

  it("matches globs as the recursive oracle does, on every short pattern and text", () => {
    for (const pattern of texts("a.*?", 4)) {
      for (const text of texts("a.*?", 3)) {
        assert.equal(matchesGlob(pattern, text), globOracle(pattern, text), `${pattern} ${text}`);
      }
    }
    assert.equal(matchesGlob("gr?n", "gr😀n"), true);
    assert.equal(matchesGlob("a.*", "axb"), false);
  });

  it("tells patterns of wildcards alone from those with a literal character", () => {
    for (const [pattern, literal] of [
      ["", false],
      ["*?.", false],
      ["a", true],
      ["*a.", true],
      ["😀", true],
    ] as const) {
      assert.equal(hasLiteralPart(pattern), literal, pattern);
    }
  });

  it("compares patterns and values of 4096 characters, and refuses longer ones", () => {
    const [half, whole] = ["a".repeat(2048), "a".repeat(4096)];
    for (const [pattern, value, matches] of [
      ["*a".repeat(2048), whole, true],
      [`${"*a".repeat(2047)}*b`, whole, false],
      ["?".repeat(4096), whole, true],
      [`*${"a?".repeat(2047)}b`, whole, false],
      ["*".repeat(4096), whole, true],
      [`*${half}b*`, whole, false],
    ] as const) {
      assert.equal(matchesWildcard(pattern, value), matches, pattern.slice(0, 10));
      assert.equal(coversPattern(pattern, pattern), true, pattern.slice(0, 10));
    }
    for (const compare of [matchesWildcard, matchesGlob]) {
      refused(() => compare("*", `${whole}a`), "PATTERN_TOO_LONG", undefined, "at most 4096");
      refused(() => compare(`${whole}*`, "a"), "PATTERN_TOO_LONG", undefined, "at most 4096");
      assert.equal(compare(`${whole}a`, `${whole}a`), true);
      assert.equal(compare(`${whole}a`, `${whole}b`), false);
    }
    assert.equal(coversPattern("*", `${whole}a`), false);
    assert.equal(coversPattern(`${whole}*`, "a"), false);
  });
});

/** What IAM documents, by backtracking. */
function globOracle(pattern: string, text: string): boolean {
  const [rest, later] = [pattern.slice(1), text.slice(1)];
  if (pattern === "") return text === "";
  if (pattern[0] === "*") return globOracle(rest, text) || (text !== "" && globOracle(pattern, later));
  return text !== "" && (pattern[0] === "?" || pattern[0] === text[0]) && globOracle(rest, later);
}

/** All texts over some letters up to a length. */
function texts(letters: string, length: number): string[] {
  const shorter = length === 0 ? [] : texts(letters, length - 1);
  const longest = shorter.filter((text) => text.length === length - 1);
  return length === 0 ? [""] : [...shorter, ...longest.flatMap((text) => [...letters].map((letter) => text + letter))];
}
