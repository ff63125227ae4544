import assert from "node:assert/strict";
import { diffInputs } from "../../../../provider/resources/lib/diff-inputs";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const keys = { replacing: ["issuerId"], updating: ["definitions"] } as const;
const olds = { issuerId: "i-1", definitions: ["a"] };

describe("provider/resources/dynamic/diff-inputs", () => {
  it("announces no replacement for a value that is not known yet, but a change", () => {
    assert.deepEqual(diffInputs(olds, { ...olds, issuerId: UNKNOWN }, keys), {
      changes: true,
      replaces: [],
      changed: ["issuerId"],
    });
  });

  it("replaces when the value is known to differ", () => {
    assert.deepEqual(diffInputs(olds, { ...olds, issuerId: "i-2" }, keys), {
      changes: true,
      replaces: ["issuerId"],
      changed: ["issuerId"],
    });
  });

  it("sees no change where there is none", () => {
    assert.deepEqual(diffInputs(olds, structuredClone(olds), keys), { changes: false, replaces: [], changed: [] });
  });
});
