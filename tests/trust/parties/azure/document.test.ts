import assert from "node:assert/strict";
import { azureCredentials, flexibleCredential } from "../../../../trust/parties/azure/document";
import { lintAzureTrust } from "../../../../trust/parties/azure/lint";
import { refused } from "../../../helpers/refused";

const AUDIENCE = "api://AzureADTokenExchange";
const TRUST = {
  issuer: "https://api.pulumi.com/oidc",
  subject: "pulumi:environments:org:acme:env:prod",
  audience: AUDIENCE,
};
const GITHUB = { issuer: "https://token.actions.githubusercontent.com", audience: AUDIENCE };
const SUB = { claim: "sub", operator: "matches", comparand: "repo:acme/app:ref:refs/heads/release-*" } as const;
const ID = { claim: "repository_id", operator: "eq", comparand: "42" } as const;

describe("trust/parties/azure/document", () => {
  it("makes a credential for each subject", () => {
    const { issuer } = TRUST;
    assert.deepEqual(azureCredentials(TRUST), [{ issuer, subject: TRUST.subject, audiences: [AUDIENCE] }]);
    const made = azureCredentials({ ...TRUST, subject: ["a", "b"] });
    assert.deepEqual(
      made.map(({ subject }) => subject),
      ["a", "b"],
    );
    assert.deepEqual(lintAzureTrust(azureCredentials(TRUST), issuer), []);
  });

  it("makes an expression where Entra ID has one for the issuer", () => {
    const credential = flexibleCredential({ ...GITHUB, comparisons: [SUB, ID] });
    assert.deepEqual(credential, {
      issuer: GITHUB.issuer,
      audiences: [AUDIENCE],
      claimsMatchingExpression: {
        value: "claims['sub'] matches 'repo:acme/app:ref:refs/heads/release-*' and claims['repository_id'] eq '42'",
        languageVersion: 1,
      },
    });
  });

  for (const [what, change, code, where] of [
    ["no subject", { subject: "" }, "TRUST_SUBJECT_INVALID", "subject"],
    ["a pattern", { subject: "pulumi:environments:org:acme:env:*" }, "TRUST_SUBJECT_INVALID", "subject"],
    ["a subject of 601 characters", { subject: "a".repeat(601) }, "AZURE_CREDENTIAL_INVALID", "subject"],
    ["an issuer of 601 characters", { issuer: "a".repeat(601) }, "AZURE_CREDENTIAL_INVALID", "issuer"],
    ["no audience", { audience: "" }, "AZURE_CREDENTIAL_INVALID", "audiences"],
    ["21 subjects", { subject: Array.from({ length: 21 }, (_, i) => `s${i}`) }, "AZURE_CREDENTIAL_INVALID", "subject"],
  ] as const) {
    it(`refuses ${what}`, () => refused(() => azureCredentials({ ...TRUST, ...change }), code, where));
  }

  it("takes subjects of 600 characters, and 20 of them", () => {
    const subject = Array.from({ length: 20 }, (_, index) => String(index).padStart(600, "a"));
    assert.equal(azureCredentials({ ...TRUST, subject }).length, 20);
  });

  for (const [what, change] of [
    ["an issuer without expressions", { issuer: TRUST.issuer }],
    ["a claim that is not compared", { comparisons: [SUB, ID, { ...ID, claim: "actor" }] }],
    ["an operator that is not for the claim", { comparisons: [SUB, { ...ID, operator: "matches" as const }] }],
    ["no id", { comparisons: [SUB] }],
    ["no comparison", { comparisons: [] }],
    ["a text that ends its quotes", { comparisons: [SUB, { ...ID, comparand: "4' and claims['sub'] eq '2" }] }],
  ] as const) {
    it(`refuses an expression for ${what}`, () =>
      refused(() => flexibleCredential({ ...GITHUB, comparisons: [SUB, ID], ...change }), "AZURE_EXPRESSION_INVALID"));
  }
});
