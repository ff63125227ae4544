import assert from "node:assert/strict";
import { matchesGlob } from "../../../trust/pattern/glob";

/** What IAM documents, by backtracking: right, and slow. */
function oracle(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") return oracle(pattern.slice(1), text) || (text !== "" && oracle(pattern, text.slice(1)));
  return text !== "" && (pattern[0] === "?" || pattern[0] === text[0]) && oracle(pattern.slice(1), text.slice(1));
}

/** All texts over some letters up to a length. */
function texts(letters: string, length: number): string[] {
  const shorter = length === 0 ? [] : texts(letters, length - 1);
  const longest = shorter.filter((text) => text.length === length - 1);
  return length === 0 ? [""] : [...shorter, ...longest.flatMap((text) => [...letters].map((letter) => text + letter))];
}

describe("trust/parties/aws/evaluate/glob", () => {
  it("agrees with the oracle on every short pattern and text", () => {
    for (const pattern of texts("a.*?", 4)) {
      for (const text of texts("a.*?", 3)) {
        assert.equal(matchesGlob(pattern, text), oracle(pattern, text), `${pattern} ${text}`);
      }
    }
  });

  it("takes two stars for one where a word of bits ends", () => {
    for (let length = 26; length < 34; length += 1) {
      const text = "a".repeat(length);
      for (const [pattern, matches] of [
        [`${text}**`, true],
        [`${text}**?`, false],
        [`**${text}**`, true],
        [`${text.slice(1)}**?**`, true],
      ] as const) {
        assert.equal(matchesGlob(pattern, text), matches, pattern);
      }
    }
  });

  it("takes nothing else for a dot", () => {
    assert.equal(matchesGlob("a.b", "a\uD800b"), false);
    assert.equal(matchesGlob("a.b", "axb"), false);
    assert.equal(matchesGlob("a\uD800b", "a\uD800b"), true);
    assert.equal(matchesGlob(`${"a".repeat(600)}.b`, `${"a".repeat(600)}.b`), true);
  });

  for (const [long, size] of [
    ["2 kB", 2000],
    ["100 kB", 100_000],
  ] as const) {
    it(`matches hostile patterns of ${long}`, () => {
      const [half, whole] = ["a".repeat(size / 2), "a".repeat(size)];
      assert.equal(matchesGlob(`*${half}b`, whole), false);
      assert.equal(matchesGlob(`${"*a".repeat(size / 2)}b`, whole), false);
      assert.equal(matchesGlob(`${"*a".repeat(size / 2)}`, whole), true);
      assert.equal(matchesGlob(`*${"?".repeat(size)}`, whole), true);
      assert.equal(matchesGlob(`*${"?".repeat(size + 1)}`, whole), false);
    });
  }
});
