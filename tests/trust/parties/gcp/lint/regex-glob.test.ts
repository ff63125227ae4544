import assert from "node:assert/strict";
import fc from "fast-check";
import { globOf } from "../../../../../trust/parties/gcp/lint/regex-glob";
import { matchesGlob } from "../../../../../trust/pattern/pattern";
import { tries } from "../../../../helpers/property";

describe("trust/parties/gcp/lint/regex-glob", () => {
  for (const [regex, glob] of [
    ["^repo:acme/app$", "repo:acme/app"],
    ["repo:acme/", "*repo:acme/*"],
    ["^repo:acme/.*", "repo:acme/**"],
    ["^a.+b$", "a?*b"],
    ["^a\\.b\\/c.$", "a.b/c?"],
    ["^a\\$", "a$*"],
    ["", "**"],
  ] as const) {
    it(`reads ${JSON.stringify(regex)}`, () => {
      assert.equal(globOf(regex), glob);
    });
  }

  it("reads nothing that takes more", () => {
    for (const regex of [
      "a|b",
      "(a)",
      "[ab]",
      "a+",
      "a*",
      "a?",
      "a{2}",
      "\\d",
      "\\*",
      "\\",
      "a^b",
      "a$b",
      ".?",
      "$^",
    ]) {
      assert.equal(globOf(regex), undefined, regex);
    }
  });

  it("makes a glob that matches where the expression does", () => {
    const part = fc.constantFrom("a", "b", ".", ".*", ".+", "\\.", "/");
    const regex = fc.tuple(fc.constantFrom("", "^"), fc.array(part, { maxLength: 6 }), fc.constantFrom("", "$"));
    const text = fc.array(fc.constantFrom("a", "b", ".", "/"), { maxLength: 8 });
    fc.assert(
      fc.property(regex, text, ([start, parts, end], letters) => {
        const source = `${start}${parts.join("")}${end}`;
        const value = letters.join("");
        assert.equal(matchesGlob(globOf(source) ?? assert.fail(source), value), new RegExp(source).test(value));
      }),
      tries(300),
    );
  });
});
