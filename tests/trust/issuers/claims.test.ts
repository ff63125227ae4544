import assert from "node:assert/strict";
import { CI_ISSUERS } from "../../../trust/issuers";
import { REGISTERED } from "../../../trust/issuers/record";
import { assertSource, CLAIM_LISTS } from "./documented";

describe("trust/issuers: claims", () => {
  it("have a documented list each, with its source", () => {
    for (const { sources } of CLAIM_LISTS) {
      assert.ok(sources.length > 0);
      sources.forEach(assertSource);
    }
    assert.deepEqual(CLAIM_LISTS.map(({ record }) => record).sort(), CI_ISSUERS.map(({ key }) => key).sort());
  });

  for (const { key, claims } of CI_ISSUERS) {
    it(`of ${key} are those that are documented, and the registered ones`, () => {
      const list = CLAIM_LISTS.find(({ record }) => record === key);
      const documented = new Set([...Object.keys(REGISTERED), ...(list?.claims ?? [])]);
      assert.deepEqual(Object.keys(claims).sort(), [...documented].sort());
    });
  }
});
