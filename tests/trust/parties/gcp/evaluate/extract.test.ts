import assert from "node:assert/strict";
import fc from "fast-check";
import { extract } from "../../../../../trust/parties/gcp/evaluate/extract";
import { textOf, tries } from "../../../../helpers/property";

describe("trust/parties/gcp/evaluate/extract", () => {
  it("finds what was put between", () => {
    // Neither text can occur in what is between, nor before.
    fc.assert(
      fc.property(textOf("ab", 5), textOf("ab/", 6), textOf("abPS", 6), (lead, between, rest) => {
        const text = `${lead}P${between}S${rest}`;
        assert.equal(extract(text, "P{x}S"), between);
        assert.equal(extract(text, "P{x}"), `${between}S${rest}`);
        assert.equal(extract(text, "{x}P"), lead);
        assert.equal(extract(text, "{x}"), text);
        assert.equal(extract(text, "Q{x}S"), "");
        assert.equal(extract(text, "P{x}Q"), "");
      }),
      tries(200),
    );
  });

  it("takes the first of several, and an end only behind the beginning", () => {
    assert.equal(extract("a/b/c/d", "/{x}/"), "b");
    assert.equal(extract("S-P-x", "P{x}S"), "");
    assert.equal(extract("PPx", "P{x}"), "Px");
    assert.equal(extract("PS", "P{x}S"), "");
    assert.equal(extract("PP", "P{x}P"), "");
  });

  it("knows the form of a template", () => {
    for (const good of ["{a}", "p{A_9}", "{a}s", "p/{a}/s", "$^.*{a}("]) {
      assert.doesNotThrow(() => extract("", good), good);
    }
    for (const bad of ["", "a", "{}", "{a-b}", "{a}{b}", "{a", "a}", "{{a}}", "{a} {b}", "{ a }"]) {
      assert.throws(() => extract("", bad), /not a template/, bad);
    }
  });
});
