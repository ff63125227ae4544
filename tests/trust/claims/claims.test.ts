import assert from "node:assert/strict";
import { claimValues } from "../../../trust/claims/claims";

describe("trust/claims/claims", () => {
  const claims = {
    sub: "system:serviceaccount:pulumi:deployer",
    aud: ["one", "two"],
    mixed: ["text", 7, true, null, { name: "hidden" }, ["nested"]],
    iat: 1_700_000_000,
    admin: false,
    nothing: null,
    empty: "",
    "kubernetes.io": { namespace: "pulumi", pod: { name: "runner-1" } },
  };

  const found: [string[], string[]][] = [
    [["sub"], ["system:serviceaccount:pulumi:deployer"]],
    [["aud"], ["one", "two"]],
    [["kubernetes.io", "pod", "name"], ["runner-1"]],
    [["iat"], ["1700000000"]],
    [["admin"], ["false"]],
    [["empty"], [""]],
    [["mixed"], ["text", "7", "true"]],
  ];
  for (const [path, values] of found) {
    it(`finds ${path.join(" > ")}`, () => assert.deepEqual(claimValues(claims, path), values));
  }

  const missing: [string, string[]][] = [
    ["an absent claim", ["azp"]],
    ["an absent inner claim", ["kubernetes.io", "node", "name"]],
    ["an object", ["kubernetes.io"]],
    ["null", ["nothing"]],
    ["what would be inside null", ["nothing", "more"]],
    ["what would be inside a scalar", ["sub", "length"]],
    ["what would be inside an array", ["aud", "0"]],
    ["a dotted key by its parts", ["kubernetes", "io", "namespace"]],
    ["what every object inherits", ["constructor", "name"]],
    ["the prototype", ["__proto__"]],
    ["no path at all", []],
  ];
  for (const [what, path] of missing) {
    it(`finds nothing for ${what}`, () => assert.deepEqual(claimValues(claims, path), []));
  }
});
