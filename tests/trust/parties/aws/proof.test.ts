import assert from "node:assert/strict";
import { kubernetes, podClaims } from "../../../../trust/issuers/kubernetes";
import { type AwsTrustPolicy, awsTrustPolicy } from "../../../../trust/parties/aws/document";
import { evaluateAwsTrust } from "../../../../trust/parties/aws/evaluate/evaluate";
import { checkTrustPolicy, proveAwsTrust } from "../../../../trust/parties/aws/proof";
import { refused } from "../../../helpers/refused";

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const TRUST = {
  oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/${HOST}`,
  issuer: `https://${HOST}`,
  subject: "system:serviceaccount:pulumi:deployer",
  audience: "sts.amazonaws.com",
};
const POD = {
  issuerUrl: TRUST.issuer,
  namespace: "pulumi",
  serviceAccountName: "deployer",
  audience: "sts.amazonaws.com",
};
const NEIGHBOURS = kubernetes.neighbours(podClaims(POD));
const checkAdmitsOnly = (policy: AwsTrustPolicy) => checkTrustPolicy(policy, [podClaims(POD)], NEIGHBOURS);

describe("trust/parties/aws/proof", () => {
  it("gives the document as it is derived", () =>
    assert.deepEqual(proveAwsTrust(TRUST, NEIGHBOURS), awsTrustPolicy(TRUST)));

  it("admits the runner's pod and refuses its neighbours", () => {
    const policy = proveAwsTrust(TRUST, NEIGHBOURS);
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
    refused(() => proveAwsTrust({ ...TRUST, issuer: `https://${HOST}4` }, NEIGHBOURS), "OIDC_PROVIDER_MISMATCH");
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
      refused(() => checkAdmitsOnly(document), "TRUST_NOT_PROVEN", shown, "the role's trust policy would ");
    });
  }

  it("notices a document for one more cluster, whose name begins alike", () => {
    const [statement] = awsTrustPolicy(TRUST).Statement;
    const more = awsTrustPolicy({
      ...TRUST,
      oidcProviderArn: `${TRUST.oidcProviderArn}2`,
      issuer: `${TRUST.issuer}2`,
    }).Statement;
    const policy = { Version: "2012-10-17", Statement: [statement, ...more] } as AwsTrustPolicy;
    refused(() => checkAdmitsOnly(policy), "TRUST_NOT_PROVEN", undefined, `would admit system:serviceaccount:`);
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
    refused(() => checkAdmitsOnly(wrong as unknown as AwsTrustPolicy), "TRUST_NOT_PROVEN");
  });

  it("proves several subjects of any issuer, and refuses a subject in between", () => {
    const host = "api.pulumi.com/oidc";
    const operation = (name: string) => `pulumi:deploy:org:acme:project:web:stack:prod:operation:${name}:scope:write`;
    const trust = {
      issuer: `https://${host}`,
      oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/${host}`,
      subject: ["update", "refresh"].map(operation),
      audience: "acme",
    };
    const claims = (sub: string, aud = "acme") => ({ iss: trust.issuer, sub, aud });
    const near = [
      claims(operation("preview")),
      claims(operation("update"), "acme-2"),
      claims(`${operation("update")}2`),
    ];
    const policy = proveAwsTrust(trust, near);
    assert.deepEqual(policy.Statement[0]?.Condition, {
      StringEquals: { [`${host}:sub`]: trust.subject, [`${host}:aud`]: "acme" },
    });
    refused(() => proveAwsTrust(trust, [claims(operation("refresh"))]), "TRUST_NOT_PROVEN", undefined, "would admit");
  });

  for (const subject of [[], "", "system:serviceaccount:pulumi:*", ["a", "b?"], "a\n"]) {
    it(`refuses ${JSON.stringify(subject)} as a subject`, () =>
      refused(() => proveAwsTrust({ ...TRUST, subject }, []), "TRUST_SUBJECT_INVALID", "subject"));
  }
});
