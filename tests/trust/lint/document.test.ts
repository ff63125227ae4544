import assert from "node:assert/strict";
import { checkIssuer } from "../../../trust/lint/document";

describe("trust/lint/document", () => {
  const given = "https://issuer.example.com";

  it("finds documents that trust others, and says which", () => {
    const mismatch = (trusted: string) => ({
      name: "ISSUER_MISMATCH",
      severity: "error",
      path: "issuerUri",
      message: `it trusts ${trusted}, not ${given}`,
      fix: "write the issuer exactly as `iss` of the tokens does",
    });
    assert.deepEqual(checkIssuer(["https://a.example", "https://b.example"], given, "issuerUri"), [
      mismatch("https://a.example, https://b.example"),
    ]);
    assert.match(checkIssuer([`${given}/`], given, "issuerUri")[0]?.message ?? "", /only by a final slash/);
    assert.match(checkIssuer(["https://ISSUER.example.com"], given, "")[0]?.message ?? "", /upper and lower case/);
  });

  it("has nothing against the given issuer among others, nor where none is trusted or given", () => {
    assert.deepEqual(checkIssuer(["https://a.example", given], given, ""), []);
    assert.deepEqual(checkIssuer([], given, ""), []);
    assert.deepEqual(checkIssuer(["https://a.example"], undefined, ""), []);
  });
});
