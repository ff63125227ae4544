import assert from "node:assert/strict";
import { parseImportId, takeImport } from "../../../../provider/resources/lib/import-option";
import { refused } from "../../../helpers/refused";

describe("provider/resources/dynamic/import-option", () => {
  it("takes the id, and leaves every other option to the engine", () => {
    const options = { import: "acme/1", protect: true, retainOnDelete: true };
    assert.deepEqual(takeImport(options), {
      importId: "acme/1",
      options: { protect: true, retainOnDelete: true },
    });
    assert.equal(options.import, "acme/1", "the caller's own options stay as they are");
    assert.deepEqual(takeImport({ protect: true }), { importId: undefined, options: { protect: true } });
    assert.deepEqual(takeImport(undefined), { importId: undefined, options: undefined });
  });

  it("splits ids of both kinds", () => {
    assert.deepEqual(parseImportId("acme/0f6c-1", 2), ["acme", "0f6c-1"]);
    assert.deepEqual(parseImportId("acme/0f6c-1/7b1e", 3, "acme"), ["acme", "0f6c-1", "7b1e"]);
  });

  for (const id of [
    "",
    "acme",
    "acme/",
    "/1",
    "acme/1/",
    "acme/1/2",
    "acme/a b",
    "acme/..",
    "acme/1?x",
    "https://x/1",
  ]) {
    it(`refuses ${JSON.stringify(id)} as an issuer's`, () =>
      refused(() => parseImportId(id, 2), "IMPORT_ID_INVALID", "import"));
  }

  it("refuses an issuer's id as a policy's, and another organization's", () => {
    refused(() => parseImportId("acme/1", 3), "IMPORT_ID_INVALID", "import");
    refused(() => parseImportId("acme-2/1", 2, "acme"), "IMPORT_ID_INVALID", "import");
    refused(() => parseImportId("Acme/1", 2, "acme"), "IMPORT_ID_INVALID", "import");
  });
});
