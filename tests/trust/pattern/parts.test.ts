import assert from "node:assert/strict";
import fc from "fast-check";
import { takesParts } from "../../../trust/pattern/parts";
import { walk } from "../../../trust/pattern/walk";
import { textOf, tries } from "../../helpers/property";

/** The verdict, and how often a token or a letter was read. */
function counted(pattern: string, value: string): { taken: boolean; reads: number } {
  let reads = 0;
  const counting = (text: string) =>
    new Proxy([...text], {
      get(target, name) {
        reads += typeof name === "string" && /^\d+$/.test(name) ? 1 : 0;
        return Reflect.get(target, name) as unknown;
      },
    });
  return { taken: takesParts(counting(pattern), counting(value)), reads };
}

describe("trust/pattern/parts", () => {
  const table: [pattern: string, takes: string[], others: string[]][] = [
    ["", [""], ["a"]],
    ["ab", ["ab"], ["", "a", "abb", "ac", "bab"]],
    ["*", ["", "ab"], []],
    ["**", ["", "ab"], []],
    ["ab*", ["ab", "abc"], ["a", "ba", "cab"]],
    ["*ab", ["ab", "cab", "abab"], ["b", "aba"]],
    // The beginning and the end may not share a letter.
    ["ab*ba", ["abba", "abcba"], ["aba", "ab"]],
    ["ab*c*ba", ["abcba", "abxcxba"], ["abba", "abxba"]],
    // Nor may a part between them take what the one behind it or the end needs.
    ["*aa*aa*", ["aaaa", "aabaa"], ["aaa"]],
    ["*aa*aa", ["aaaa", "baaaa"], ["aaa", "baaa"]],
    ["a*aa*", ["aaa"], ["aa"]],
    // Where an attempt fails, a later one may begin within it.
    ["*aab*", ["aaab", "xaaabx"], ["aaa", "abab"]],
    ["*abab*abc*", ["ababababc", "ababxabc"], ["abababc".slice(0, 6), "ababc"]],
    ["*abaabab*", ["abaabaabab"], ["abaabaabba"]],
    ["a.?*", ["a.?", "a.?b"], ["abc", "a"]],
  ];
  for (const [pattern, takes, others] of table) {
    it(`decides for ${JSON.stringify(pattern)} and its near misses`, () => {
      for (const value of takes) {
        assert.equal(takesParts([...pattern], [...value]), true, `should take ${JSON.stringify(value)}`);
      }
      for (const value of others) {
        assert.equal(takesParts([...pattern], [...value]), false, `should not take ${JSON.stringify(value)}`);
      }
    });
  }

  for (const [what, pattern, value] of [
    ["few letters and stars", textOf("ab*", 12), textOf("ab", 20)],
    ["long parts", textOf("aaab*", 24), textOf("aaab", 40)],
    ["stars in the value", textOf("ab*", 8), textOf("ab*", 10)],
  ] as const) {
    it(`decides as the walk over bits does: ${what}`, () => {
      fc.assert(
        fc.property(pattern, value, (p, v) => takesParts([...p], [...v]) === walk([...p], [...v], () => "?.")),
        tries(1500),
      );
    });
  }

  it("finds what a pattern was made from", () => {
    const part = fc.oneof(
      textOf("ab", 6).map((text) => [text, text] as const),
      textOf("ab", 6).map((text) => ["*", text] as const),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) =>
        takesParts([...parts.map(([p]) => p).join("")], [...parts.map(([, v]) => v).join("")]),
      ),
      tries(1000),
    );
  });

  it("reads letters and tokens a few times each, however hostile they are", () => {
    const hostile = (size: number): [pattern: string, value: string, takes: boolean][] => [
      [`${"*".repeat(size)}b`, "a".repeat(size), false],
      [`${"*a".repeat(size / 2 - 1)}b`, "a".repeat(size), false],
      [`*${"a".repeat(size / 2)}b*`, "a".repeat(size), false],
      [`*${"a".repeat(size / 2)}b`, `${"a".repeat(size - 1)}b`, true],
      [`*${`${"a".repeat(20)}b*`.repeat(size / 22)}`, "a".repeat(size), false],
      [`*${"ab".repeat(size / 4)}c*`, "ab".repeat(size / 2), false],
      [`*${"aab".repeat(size / 8)}aaa*`, "aab".repeat(size / 3), false],
    ];
    for (const size of [2400, 24_000]) {
      for (const [pattern, value, takes] of hostile(size)) {
        const { taken, reads } = counted(pattern, value);
        assert.equal(taken, takes, pattern.slice(0, 10));
        const most = 8 * (pattern.length + value.length);
        assert.ok(reads <= most, `${pattern.slice(0, 10)}…: ${reads} reads are more than ${most}`);
      }
    }
  });
});
