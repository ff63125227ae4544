import assert from "node:assert/strict";
import { claimsFromPaths, claimsFromToken } from "../../../trust/claims/caller";
import { claimValues } from "../../../trust/claims/claims";
import { OidcRunnerError } from "../../../trust/errors";
import { refused } from "../../helpers/refused";

const token = (payload: string) => `eyJhbGciOiJub25lIn0.${Buffer.from(payload).toString("base64url")}.c2lnbmF0dXJl`;

describe("trust/claims/caller", () => {
  it("makes of claim paths what a token would hold", () => {
    const claims = claimsFromPaths({
      ...{ aud: "a", '"kubernetes.io".namespace': "ci", '"kubernetes.io".serviceaccount.name': "d" },
      constructor: "x",
    });
    assert.equal(
      JSON.stringify(claims),
      '{"aud":"a","kubernetes.io":{"namespace":"ci","serviceaccount":{"name":"d"}},"constructor":"x"}',
    );
    assert.deepEqual(claimValues(claims, ["kubernetes.io", "serviceaccount", "name"]), ["d"]);
  });

  it("refuses paths that are none, or are mutually exclusive", () => {
    refused(() => claimsFromPaths({ "a.": "x" }), "CLAIM_PATH_INVALID");
    refused(() => claimsFromPaths({ a: "x", "a.b": "y" }), "CALLER_INVALID", "callerClaims");
    refused(() => claimsFromPaths({ "a.b": "y", a: "x" }), "CALLER_INVALID");
    refused(() => claimsFromPaths({ a: "x", '"a"': "y" }), "CALLER_INVALID");
    refused(() => claimsFromPaths({ a: "x", "a.b.c": "y" }), "CALLER_INVALID");
  });

  it("changes no object's prototype", () => {
    claimsFromPaths({ "__proto__.polluted": "yes" });
    assert.equal(({} as { polluted?: string }).polluted, undefined);
  });

  it("decodes a token, whatever white space is around it", () => {
    assert.deepEqual(claimsFromToken(`${token('{"sub":"é"}')}\n`), { sub: "é" });
  });

  for (const bad of [
    "",
    "secret",
    "a.b",
    "a.b.c.d",
    `a.${token('{"sub":"secret"}').split(".")[1]}`,
    token("secret"),
    token('"secret"'),
    token("[1]"),
    token("null"),
  ]) {
    it(`refuses ${JSON.stringify(bad).slice(0, 30)} without quoting it`, () => {
      refused(() => claimsFromToken(bad), "CALLER_INVALID", "callerTokenFile");
      assert.throws(
        () => claimsFromToken(bad),
        (error: unknown) =>
          error instanceof OidcRunnerError && error.cause === undefined && !/secret/.test(error.message),
      );
    });
  }
});
