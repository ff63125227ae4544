import assert from "node:assert/strict";
import { lintAzureTrust } from "../../../../trust/parties/azure/lint";
import { refused } from "../../../helpers/refused";

const AKS = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/";
const GITHUB = "https://token.actions.githubusercontent.com";
const AUDIENCE = "api://AzureADTokenExchange";
const FIELD = "claimsMatchingExpression.value";
const EXPRESSION = { value: "claims['sub'] matches 'repo:acme@1/app@2:*'", languageVersion: 1 };

const classic = (more: object = {}) => ({
  ...{ issuer: AKS, subject: "system:serviceaccount:pulumi:deployer", audiences: [AUDIENCE] },
  ...more,
});
const flexible = (value: string, issuer = GITHUB) => ({
  ...{ issuer, audiences: [AUDIENCE], claimsMatchingExpression: { value, languageVersion: 1 } },
});

describe("trust/parties/azure: what is said", () => {
  it("is what a credential lacks, once, and what is wrong with the rest", () => {
    const subject = {
      name: "MISSING_SUBJECT",
      severity: "error",
      path: "subject",
      message: "nothing says whose token it is: others who use this issuer may fulfil the rest",
      fix: "give the subject of the tokens",
    };
    const audience = {
      name: "MISSING_AUDIENCE",
      severity: "error",
      path: "audiences",
      message: "it says no audience, and a credential needs exactly one",
      fix: `give ["${AUDIENCE}"]`,
    };
    for (const absent of [undefined, null, ""]) {
      const neither = { subject: absent, claimsMatchingExpression: absent };
      assert.deepEqual(lintAzureTrust(classic(neither)), [subject]);
      assert.deepEqual(lintAzureTrust(classic({ audiences: absent })), [audience]);
      assert.deepEqual(lintAzureTrust(classic({ ...neither, audiences: [] })), [subject, audience]);
    }
    const [, star] = lintAzureTrust(classic({ audiences: [], subject: "repo:acme/*" }));
    assert.deepEqual([star?.name, star?.path], ["LITERAL_WILDCARD", "subject"]);
    const issuer = lintAzureTrust(classic({ subject: null }), "https://issuer.example.com");
    assert.deepEqual(issuer.slice(0, 1), [subject]);
    assert.deepEqual(issuer[1], {
      name: "ISSUER_MISMATCH",
      severity: "error",
      path: "issuer",
      message: `it trusts ${AKS}, not https://issuer.example.com`,
      fix: "write the issuer exactly as `iss` of the tokens does",
    });
    assert.deepEqual(lintAzureTrust(classic()), []);
  });

  it("is nothing of what is there and can't be read: that is refused", () => {
    for (const more of [{ subject: 0 }, { subject: [] }, { audiences: [""] }, { audiences: "a" }, { audiences: {} }]) {
      refused(() => lintAzureTrust(classic(more)), "AZURE_CREDENTIAL_INVALID", Object.keys(more)[0]);
    }
    refused(() => lintAzureTrust(classic({ claimsMatchingExpression: EXPRESSION })), "AZURE_CREDENTIAL_INVALID");
    for (const document of [undefined, 1, true, "text", []]) {
      refused(() => lintAzureTrust(document), "AZURE_CREDENTIAL_INVALID", "issuer");
    }
  });

  it("is what a star means in an audience", () => {
    assert.deepEqual(lintAzureTrust(classic({ audiences: ["api://*"] })), [
      {
        name: "LITERAL_WILDCARD",
        severity: "error",
        path: "audiences[0]",
        message: '"api://*" is compared with aud exactly, so no token has it',
        fix: "name the value in full, or compare by what takes patterns",
      },
      {
        name: "UNUSUAL_AUDIENCE",
        severity: "warning",
        path: "audiences[0]",
        message: 'tokens for "api://*" may be meant for another service too, which could use them here',
        fix: `use ${AUDIENCE}, and ask the issuer for that audience`,
      },
    ]);
    for (const cloud of ["", "USGov", "China"]) {
      assert.deepEqual(lintAzureTrust(classic({ audiences: [`${AUDIENCE}${cloud}`] })), []);
    }
  });

  it("is what Entra ID compares instead", () => {
    const unknown = (message: string, fix: string) => ({
      ...{ name: "UNKNOWN_CLAIM", severity: "error", path: FIELD, message, fix },
    });
    const github = "compare sub, job_workflow_ref, repository_id, repository_owner_id";
    for (const claim of ["environment", "constructor"]) {
      assert.deepEqual(lintAzureTrust(flexible(`${EXPRESSION.value} and claims['${claim}'] eq 'x'`)), [
        unknown(`Entra ID doesn't compare ${claim} by eq for this issuer`, github),
      ]);
    }
    const matches = flexible(`${EXPRESSION.value} and claims['repository_id'] matches '2'`);
    assert.deepEqual(lintAzureTrust(matches), [
      unknown("Entra ID doesn't compare repository_id by matches for this issuer", github),
    ]);
    assert.deepEqual(lintAzureTrust(flexible(EXPRESSION.value, AKS)), [
      unknown(`Entra ID compares no claims of ${AKS}`, "give a subject: expressions are for few issuers"),
    ]);
    assert.deepEqual(lintAzureTrust(flexible(EXPRESSION.value)), []);
  });

  it("is that an expression says nothing of the subject", () => {
    assert.deepEqual(lintAzureTrust(flexible("claims['repository_id'] eq '2'")), [
      {
        name: "MISSING_SUBJECT",
        severity: "error",
        path: FIELD,
        message: "nothing says whose token it is: others who use this issuer may fulfil the rest",
        fix: "add claims['sub'] matches '…'",
      },
    ]);
  });
});
