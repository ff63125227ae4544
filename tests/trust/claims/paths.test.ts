import assert from "node:assert/strict";
import fc from "fast-check";
import { parseClaimPath } from "../../../trust/claims/path";
import { claimPaths, formatClaimPath } from "../../../trust/claims/paths";
import { textOf, tries } from "../../helpers/property";

describe("trust/claims/paths", () => {
  it("writes paths as rules name them", () => {
    const claims = { sub: "a", aud: ["b"], none: null, "kubernetes.io": { namespace: "n", pod: { name: "p" } } };
    assert.deepEqual(
      claimPaths(claims).map(({ path }) => path),
      ["sub", "aud", '"kubernetes.io".namespace', '"kubernetes.io".pod.name'],
    );
  });

  it("leaves out what no path can name", () => {
    assert.deepEqual(claimPaths({ 'a"b': 1, "": 2, c: { "": 3 } }), []);
    assert.equal(formatClaimPath([]), undefined);
  });

  it("writes what the parser reads back", () => {
    const key = textOf("ab./:", 4).filter((text) => text !== "");
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), (keys) => {
        assert.deepEqual(parseClaimPath(formatClaimPath(keys) ?? assert.fail()), keys);
      }),
      tries(200),
    );
  });

  it("looks at no more than there can be", () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`c${index}`, index]));
    assert.equal(claimPaths(many).length, 500);
    let deep: object = { end: 1 };
    for (let level = 0; level < 10_000; level += 1) {
      deep = { deep };
    }
    assert.deepEqual(
      claimPaths({ ...deep, sub: "x" }).map(({ path }) => path),
      ["sub"],
    );
  });
});
