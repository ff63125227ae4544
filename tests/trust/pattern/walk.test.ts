import assert from "node:assert/strict";
import { coversPattern, matchesWildcard } from "../../../trust/pattern/wildcard";

describe("trust/pattern/walk", () => {
  it("keeps every way open where a word of bits ends", () => {
    for (const length of [28, 29, 30, 31, 32, 59, 60, 61]) {
      const [letters, marks] = ["a".repeat(length), "?".repeat(length)];
      const table: [pattern: string, value: string, matches: boolean][] = [
        // The star still counts when what it leads to has come far.
        [`*${letters}b*c`, `${letters}aaaaabc`, true],
        [`*${letters}b*c`, `${letters.slice(1)}bc`, false],
        [`*${letters}?b`, `c${letters}cb`, true],
        // What may be absent needs no letters.
        [`cb${marks}b`, "cbb", true],
        [`cb${marks}b`, `cb${letters}b`, true],
        [`cb${marks}b`, `cb${letters}ab`, false],
      ];
      for (const [pattern, value, matches] of table) {
        assert.equal(matchesWildcard(pattern, value), matches, `${pattern} ${value}`);
      }
    }
  });

  it("takes a rare letter of a long pattern each time for itself alone", () => {
    const long = "c".repeat(500);
    const table: [pattern: string, value: string, matches: boolean][] = [
      // The letter b was there before, and x is no b.
      ["*ab", "bab", true],
      ["*ab", "bax", false],
      ["*xa?", "axa", true],
      // A wildcard's own character in the value leaves the wildcard as it is.
      ["*a.b", ".axb", true],
      ["*a.b", ".ab", false],
      ["*a?b", "?axb", true],
      ["*a?b", "?axxb", false],
    ];
    for (const [pattern, value, matches] of table) {
      assert.equal(matchesWildcard(`${pattern}${long}`, `${value}${long}`), matches, `${pattern} ${value}`);
    }
  });

  // The short ones decide alike, and are within reach of tools/mutation, under which everything is some hundred times slower.
  for (const [long, size] of [
    ["2 kB", 2400],
    ["100 kB", 100_000],
  ] as const) {
    describe(`is not slowed down by ${long}`, () => hostilePatterns(size));
  }
});

/** Patterns and values of some length that are hard on a matcher. */
function hostilePatterns(size: number): void {
  const letters = Array.from({ length: size / 2 }, (_, index) => String.fromCodePoint(0x4e00 + (index % 20_000)));
  // Each ends the test run, by its time limit, for a matcher that goes back or that builds a table of both lengths.
  const hostile: [what: string, pattern: string, value: string, matches: boolean][] = [
    ["optional characters, then stars", `${"a?".repeat(40)}${"*a".repeat(40)}b`, "a".repeat(2000), false],
    ["stars only", `${"*".repeat(size)}b`, "a".repeat(size), false],
    ["optional characters only", "?".repeat(size), "a".repeat(size), true],
    ["one optional character too few", "?".repeat(size - 1), "a".repeat(size), false],
    ["a star before each letter", `${"*a".repeat(size / 2 - 1)}b`, "a".repeat(size), false],
    ["a star before each letter, all of which are there", "*a".repeat(size / 2), "a".repeat(size / 2), true],
    ["a long part behind a star", `*${"a".repeat(size / 2)}b*`, "a".repeat(size), false],
    ["optional characters behind a star", `*${"a?".repeat(size / 2 - 1)}b*`, "a".repeat(size), false],
    ["optional characters that all count", `*${"a?".repeat(size / 3)}b`, `${"a".repeat(size - 1)}b`, true],
    ["single characters behind a star", `*${"a.".repeat(size / 4)}b*`, "a".repeat(size), false],
    ["two letters in turn", `*${"ab?".repeat(size / 4)}c*`, "ab".repeat(size / 2), false],
    ["as many letters as there are places", `*${letters.join("?")}?b*`, letters.join("").repeat(2), false],
    ["the same, with the end there", `*${letters.join("?")}?b*`, `${letters.join("")}b`, true],
  ];
  for (const [what, pattern, value, matches] of hostile) {
    it(what, () => assert.equal(matchesWildcard(pattern, value), matches));
  }

  it("patterns compared", () => {
    const pattern = `*${"a?".repeat(size / 2 - 1)}b*`;
    assert.equal(coversPattern(pattern, pattern), true);
    assert.equal(coversPattern(pattern, `${"a?".repeat(size / 2)}`), false);
  });
}
