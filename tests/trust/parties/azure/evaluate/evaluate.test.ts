import assert from "node:assert/strict";
import { evaluateAzureTrust } from "../../../../../trust/parties/azure/evaluate/evaluate";
import { refused } from "../../../../helpers/refused";

const AUDIENCE = "api://AzureADTokenExchange";
const CREDENTIAL = { issuer: "https://issuer.example.com/", subject: "repo:acme/app:ref", audiences: [AUDIENCE] };
const CLAIMS = { iss: CREDENTIAL.issuer, sub: CREDENTIAL.subject, aud: [AUDIENCE] };

describe("trust/parties/azure/evaluate/evaluate", () => {
  it("accepts what is the same, also for an audience among several", () => {
    for (const aud of [AUDIENCE, [AUDIENCE], ["other", AUDIENCE]]) {
      assert.deepEqual(evaluateAzureTrust(CREDENTIAL, { ...CLAIMS, aud }), {
        decision: "allow",
        reasons: ["issuer, subject and audience are the credential's"],
      });
    }
    assert.equal(evaluateAzureTrust(CREDENTIAL, { ...CLAIMS, aud: [`${AUDIENCE}2`] }).decision, "deny");
  });

  it("says each difference, and when it is one that people overlook", () => {
    const claims = { iss: "https://issuer.example.com", sub: "repo:Acme/app:ref" };
    assert.deepEqual(evaluateAzureTrust(CREDENTIAL, { ...CLAIMS, sub: [CLAIMS.sub], aud: ["a", "b"] }).reasons, [
      `subject expected ${CREDENTIAL.subject}, got no sub`,
      `audience expected ${AUDIENCE}, got aud a, b`,
    ]);
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

  describe("with an expression", () => {
    const ISSUER = "https://token.actions.githubusercontent.com";
    const value = "claims['sub'] matches 'repo:acme/app:*' and claims['repository_id'] eq '42'";
    const flexible = (change: object = {}) => ({
      issuer: ISSUER,
      audiences: [AUDIENCE],
      claimsMatchingExpression: { value, languageVersion: 1 },
      ...change,
    });
    const token = { iss: ISSUER, sub: "repo:acme/app:ref:refs/heads/main", aud: AUDIENCE, repository_id: "42" };

    it("accepts a token that meets it, and no other issuer's or audience's", () => {
      // Microsoft Graph writes null for what a credential does not have.
      for (const change of [{}, { subject: null }]) {
        assert.deepEqual(evaluateAzureTrust(flexible(change), token), {
          decision: "allow",
          reasons: ["issuer, expression and audience are the credential's"],
        });
      }
      for (const change of [{ iss: "https://gitlab.com" }, { aud: "other" }, { repository_id: "43" }]) {
        assert.equal(evaluateAzureTrust(flexible(), { ...token, ...change }).decision, "deny", JSON.stringify(change));
      }
    });

    it("says which comparisons fail", () => {
      assert.deepEqual(evaluateAzureTrust(flexible(), { ...token, sub: "repo:Acme/app:x", repository_id: 42 }), {
        decision: "deny",
        reasons: ["sub matches repo:acme/app:*, got repo:Acme/app:x", "repository_id eq 42, got no repository_id"],
      });
    });

    for (const [what, change, where] of [
      ["a subject as well", { subject: "repo:acme/app:x" }, "claimsMatchingExpression"],
      ["no value", { claimsMatchingExpression: { languageVersion: 1 } }, "claimsMatchingExpression.value"],
      ["no version", { claimsMatchingExpression: { value } }, "claimsMatchingExpression.languageVersion"],
      [
        "version 2",
        { claimsMatchingExpression: { value, languageVersion: 2 } },
        "claimsMatchingExpression.languageVersion",
      ],
      [
        "version 1 as text",
        { claimsMatchingExpression: { value, languageVersion: "1" } },
        "claimsMatchingExpression.languageVersion",
      ],
      ["a text for an expression", { claimsMatchingExpression: value }, "claimsMatchingExpression.value"],
      ["neither", { claimsMatchingExpression: null }, "subject"],
    ] as const) {
      it(`refuses ${what}`, () =>
        refused(() => evaluateAzureTrust(flexible(change), token), "AZURE_CREDENTIAL_INVALID", where));
    }

    for (const [change, message] of [
      [{ subject: "a" }, /: it has a subject and an expression, which are mutually exclusive \(/],
      [{ claimsMatchingExpression: {} }, /: the expression needs a value \(/],
      [{ claimsMatchingExpression: "a" }, /: the expression needs a value \(/],
      [{ claimsMatchingExpression: { value } }, /: the expression's languageVersion must be 1 \(/],
      [{ claimsMatchingExpression: null }, /: it needs a subject, or an expression \(/],
      [{ issuer: undefined }, /: it needs an issuer \(.*Fix: give \{"issuer":/],
      [{ audiences: [] }, /: it needs exactly one audience \(/],
    ] as const) {
      it(`says what is wrong with ${JSON.stringify(change)}`, () =>
        assert.throws(() => evaluateAzureTrust(flexible(change), token), message));
    }
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
