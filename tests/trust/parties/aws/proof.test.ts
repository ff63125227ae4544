import assert from "node:assert/strict";
import { podClaims } from "../../../../trust/issuers/kubernetes";
import { type AwsTrustPolicy, awsTrustPolicy } from "../../../../trust/parties/aws/document";
import { evaluateAwsTrust } from "../../../../trust/parties/aws/evaluate/evaluate";
import { checkAdmitsOnly, proveAwsTrust } from "../../../../trust/parties/aws/proof";
import { refused } from "../../../helpers/refused";

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const TRUST = {
  oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/${HOST}`,
  issuerUrl: `https://${HOST}`,
  namespace: "pulumi",
  serviceAccountName: "deployer",
};
const POD = { ...TRUST, audience: "sts.amazonaws.com" };

describe("trust/parties/aws/proof", () => {
  it("gives the document as it is derived", () => assert.deepEqual(proveAwsTrust(TRUST), awsTrustPolicy(TRUST)));

  it("admits the runner's pod and refuses its neighbours", () => {
    const policy = proveAwsTrust(TRUST);
    const decide = (other: Partial<typeof POD>) => evaluateAwsTrust(policy, podClaims({ ...POD, ...other })).decision;
    assert.equal(decide({}), "allow");
    for (const neighbour of [
      { serviceAccountName: "deployer2" },
      { serviceAccountName: "default" },
      { namespace: "pulumi-dev" },
      { namespace: "ulumi" },
      { audience: "urn:pulumi:org:acme" },
      { audience: "sts.amazonaws.com.cn" },
      { issuerUrl: `https://${HOST}4` },
      { issuerUrl: "https://oidc.eks.us-east-1.amazonaws.com/id/ABC123" },
    ]) {
      assert.equal(decide(neighbour), "deny", JSON.stringify(neighbour));
    }
  });

  it("refuses another cluster's provider", () => {
    refused(() => proveAwsTrust({ ...TRUST, issuerUrl: `https://${HOST}4` }), "OIDC_PROVIDER_MISMATCH");
  });

  for (const [what, condition] of [
    ["any ServiceAccount of the namespace", { StringLike: { [`${HOST}:sub`]: "system:serviceaccount:pulumi:*" } }],
    ["any namespace", { StringLike: { [`${HOST}:sub`]: "system:serviceaccount:*:deployer" } }],
    ["any audience", { StringEquals: { [`${HOST}:sub`]: "system:serviceaccount:pulumi:deployer" } }],
    ["another pod", { StringEquals: { [`${HOST}:sub`]: "system:serviceaccount:pulumi:other" } }],
  ] as const) {
    it(`notices a document for ${what}`, () => {
      const [statement] = awsTrustPolicy(TRUST).Statement;
      const audience = what === "any audience" ? {} : { StringEquals: { [`${HOST}:aud`]: "sts.amazonaws.com" } };
      const wrong = { Version: "2012-10-17", Statement: [{ ...statement, Condition: { ...audience, ...condition } }] };
      const document = wrong as unknown as AwsTrustPolicy;
      const shown = JSON.stringify(wrong.Statement);
      refused(() => checkAdmitsOnly(document, POD), "TRUST_NOT_PROVEN", shown, "the role's trust policy would ");
    });
  }

  it("notices a document for one more cluster, whose name begins alike", () => {
    const [statement] = awsTrustPolicy(TRUST).Statement;
    const more = awsTrustPolicy({
      ...TRUST,
      oidcProviderArn: `${TRUST.oidcProviderArn}2`,
      issuerUrl: `${TRUST.issuerUrl}2`,
    }).Statement;
    const policy = { Version: "2012-10-17", Statement: [statement, ...more] } as AwsTrustPolicy;
    refused(() => checkAdmitsOnly(policy, POD), "TRUST_NOT_PROVEN", undefined, `would admit system:serviceaccount:`);
  });

  it("notices a document for any cluster", () => {
    const [statement] = awsTrustPolicy(TRUST).Statement;
    const Condition = {
      StringEqualsIfExists: {
        [`${HOST}:sub`]: "system:serviceaccount:pulumi:deployer",
        [`${HOST}:aud`]: "sts.amazonaws.com",
      },
    };
    const wrong = { Version: "2012-10-17", Statement: [{ ...statement, Principal: "*", Condition }] };
    refused(() => checkAdmitsOnly(wrong as unknown as AwsTrustPolicy, POD), "TRUST_NOT_PROVEN");
  });
});
