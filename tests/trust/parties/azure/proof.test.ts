import assert from "node:assert/strict";
import type { Claims } from "../../../../trust/claims/claims";
import { azureCredentials, flexibleCredential } from "../../../../trust/parties/azure/document";
import { checkCredentials, proveAzureTrust, proveFlexibleTrust } from "../../../../trust/parties/azure/proof";
import { refused } from "../../../helpers/refused";

const AUDIENCE = "api://AzureADTokenExchange";
const TRUST = {
  issuer: "https://cluster.example.com/",
  subject: "system:serviceaccount:pulumi:deployer",
  audience: AUDIENCE,
};
const claims = (more: object = {}): Claims => ({ iss: TRUST.issuer, sub: TRUST.subject, aud: AUDIENCE, ...more });
const NEIGHBOURS = [
  claims({ sub: `${TRUST.subject}-2` }),
  claims({ sub: "system:serviceaccount:x:deployer" }),
  claims({ aud: "api://x" }),
];

describe("trust/parties/azure/proof", () => {
  it("gives the credentials as they are derived", () => {
    assert.deepEqual(proveAzureTrust(TRUST, NEIGHBOURS), azureCredentials(TRUST));
    const two = { ...TRUST, subject: [TRUST.subject, "system:serviceaccount:pulumi:other"] };
    assert.deepEqual(proveAzureTrust(two, NEIGHBOURS), azureCredentials(two));
  });

  it("refuses credentials that accept a neighbour, or not each token", () => {
    const two = azureCredentials({ ...TRUST, subject: [TRUST.subject, `${TRUST.subject}-2`] });
    refused(() => checkCredentials(two, [claims()], NEIGHBOURS), "TRUST_NOT_PROVEN", undefined, "would admit");
    const one = azureCredentials(TRUST);
    const tokens = [claims(), claims({ sub: "system:serviceaccount:pulumi:other" })];
    refused(() => checkCredentials(one, tokens, NEIGHBOURS), "TRUST_NOT_PROVEN", undefined, "credential would refuse");
    const elsewhere = azureCredentials({ ...TRUST, issuer: `${TRUST.issuer}2` });
    refused(
      () => checkCredentials([...one, ...elsewhere], [claims()], []),
      "TRUST_NOT_PROVEN",
      undefined,
      "would admit",
    );
  });

  it("proves an expression by the claims it compares", () => {
    const trust = {
      issuer: "https://token.actions.githubusercontent.com",
      audience: AUDIENCE,
      comparisons: [
        { claim: "sub", operator: "matches", comparand: "repo:acme/app:ref:refs/heads/release-*" },
        { claim: "repository_id", operator: "eq", comparand: "42" },
      ],
    } as const;
    const job = (sub: string, repository_id: string): Claims => ({
      iss: trust.issuer,
      aud: AUDIENCE,
      sub,
      repository_id,
    });
    const release = "repo:acme/app:ref:refs/heads/release-1";
    const near = [job(release, "421"), job("repo:acme/app:ref:refs/heads/main", "42"), job(`x${release}`, "42")];
    assert.deepEqual(proveFlexibleTrust(trust, [job(release, "42")], near), flexibleCredential(trust));
    const open = [job("repo:acme/app:ref:refs/heads/release-2", "42")];
    refused(() => proveFlexibleTrust(trust, [job(release, "42")], open), "TRUST_NOT_PROVEN", undefined, "would admit");
  });
});
