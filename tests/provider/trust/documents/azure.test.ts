import assert from "node:assert/strict";
import { evaluateAzureTrust } from "../../../../provider/trust/documents/azure";
import { refused } from "../../../helpers/refused";

const AUDIENCE = "api://AzureADTokenExchange";
const CREDENTIAL = { issuer: "https://issuer.example.com/", subject: "repo:acme/app:ref", audiences: [AUDIENCE] };
const CLAIMS = { iss: CREDENTIAL.issuer, sub: CREDENTIAL.subject, aud: [AUDIENCE] };

describe("provider/trust/documents/azure", () => {
  it("accepts what is the same, also for an audience among several", () => {
    for (const aud of [AUDIENCE, [AUDIENCE], ["other", AUDIENCE]]) {
      assert.equal(evaluateAzureTrust(CREDENTIAL, { ...CLAIMS, aud }).decision, "allow", String(aud));
    }
    assert.equal(evaluateAzureTrust(CREDENTIAL, { ...CLAIMS, aud: [`${AUDIENCE}2`] }).decision, "deny");
  });

  it("says each difference, and when it is one that people overlook", () => {
    const claims = { iss: "https://issuer.example.com", sub: "repo:Acme/app:ref" };
    assert.deepEqual(evaluateAzureTrust(CREDENTIAL, claims), {
      decision: "deny",
      reasons: [
        "issuer expected https://issuer.example.com/, got iss https://issuer.example.com (they differ only by a final slash)",
        "subject expected repo:acme/app:ref, got sub repo:Acme/app:ref (they differ only in upper and lower case)",
        `audience expected ${AUDIENCE}, got no aud`,
      ],
    });
  });

  it("takes no list for an issuer or a subject", () => {
    for (const claim of ["iss", "sub"] as const) {
      assert.equal(evaluateAzureTrust(CREDENTIAL, { ...CLAIMS, [claim]: [CLAIMS[claim]] }).decision, "deny", claim);
    }
  });

  it("refuses a flexible credential", () => {
    const claimsMatchingExpression = { value: "claims['sub'] matches 'repo:acme/*'", languageVersion: 1 };
    const flexible = { issuer: CREDENTIAL.issuer, audiences: [AUDIENCE], claimsMatchingExpression };
    refused(() => evaluateAzureTrust(flexible, CLAIMS), "AZURE_FLEXIBLE_UNSUPPORTED", "claimsMatchingExpression");
  });

  for (const [what, document, where] of [
    ["no object", [], "issuer"],
    ["nothing", null, "issuer"],
    ["no issuer", { ...CREDENTIAL, issuer: "" }, "issuer"],
    ["no subject", { ...CREDENTIAL, subject: undefined }, "subject"],
    ["no audience", { ...CREDENTIAL, audiences: [] }, "audiences"],
    ["two audiences", { ...CREDENTIAL, audiences: [AUDIENCE, "other"] }, "audiences"],
    ["an audience that is no list", { ...CREDENTIAL, audiences: AUDIENCE }, "audiences"],
  ] as const) {
    it(`refuses ${what}`, () => refused(() => evaluateAzureTrust(document, CLAIMS), "AZURE_CREDENTIAL_INVALID", where));
  }
});
