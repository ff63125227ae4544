import assert from "node:assert/strict";
import { parseClaimPath } from "../../../trust/claims/path";
import { refused } from "../../helpers/refused";

describe("trust/claims/path", () => {
  const paths: [string, string[]][] = [
    ["sub", ["sub"]],
    ["repository_owner", ["repository_owner"]],
    ["a.b.c", ["a", "b", "c"]],
    ['"kubernetes.io".namespace', ["kubernetes.io", "namespace"]],
    ['"kubernetes.io".pod.name', ["kubernetes.io", "pod", "name"]],
    ['a."b.c"."d"', ["a", "b.c", "d"]],
    ['"https://example.com/claim"', ["https://example.com/claim"]],
  ];
  for (const [path, keys] of paths) {
    it(`reads ${path}`, () => assert.deepEqual(parseClaimPath(path), keys));
  }

  for (const path of ["", ".", "a.", ".a", "a..b", '"a', 'a"', 'a"b"', '"a"b', '""', 'a.""', '"a""b"']) {
    it(`refuses ${path === "" ? "the empty path" : path}`, () =>
      refused(() => parseClaimPath(path), "CLAIM_PATH_INVALID"));
  }

  it("says where the path goes wrong", () => {
    refused(() => parseClaimPath('ab"c'), "CLAIM_PATH_INVALID", "character 3", '"ab"c" is not');
    refused(() => parseClaimPath("a..b"), "CLAIM_PATH_INVALID", "character 3");
  });
});
