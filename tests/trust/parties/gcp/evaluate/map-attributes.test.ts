import assert from "node:assert/strict";
import { jsonValue } from "../../../../../trust/parties/gcp/evaluate/json-value";
import { mapAttributes } from "../../../../../trust/parties/gcp/evaluate/map-attributes";
import { refused } from "../../../../helpers/refused";

const map = (mapping: object, claims: object) =>
  mapAttributes({ "google.subject": "assertion.sub", ...mapping }, jsonValue({ sub: "me", ...claims }));

describe("trust/parties/gcp/evaluate/map-attributes", () => {
  const groups = { "google.groups": "assertion.groups" };

  it("maps groups from a list of texts, however it comes", () => {
    for (const [text, expected] of [
      ["assertion.groups", ["a", "b"]],
      ["assertion.groups.filter(g, g == 'b') + ['c']", ["b", "c"]],
      ["assertion.sub.split('e')", ["m", ""]],
      ["[]", []],
    ] as const) {
      const { attributes, failures } = map({ "google.groups": text }, { groups: ["a", "b"] });
      assert.deepEqual([attributes["google.groups"], failures], [expected, []]);
    }
  });

  for (const [what, value] of [
    ["a text", "a"],
    ["a list with a number", ["a", 5]],
    ["null", null],
    ["a map", { a: "b" }],
    ["a number", 5],
  ] as const) {
    it(`takes ${what} for no groups`, () =>
      assert.deepEqual(map(groups, { groups: value }), {
        attributes: { "google.subject": "me" },
        failures: ["google.groups = assertion.groups must give a list of texts, got a value of another type"],
      }));
  }

  it("says which attribute has no value, and why", () => {
    assert.deepEqual(map({ "attribute.team": "assertion.team" }, {}).failures, [
      "attribute.team = assertion.team must give a text, got no value (field not found: team)",
    ]);
  });

  it("says in which mapping a mistake is", () => {
    refused(
      () => map({ "attribute.team": "assertion.team)" }, {}),
      "GCP_EXPRESSION_INVALID",
      'attributeMapping["attribute.team"], line 1, column 15',
    );
  });
});
