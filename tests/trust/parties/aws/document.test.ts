import assert from "node:assert/strict";
import { awsTrustPolicy, checkPolicyLength, checkRoleArn } from "../../../../trust/parties/aws/document";
import { refused } from "../../../helpers/refused";

/** What the IAM User Guide wants of a trust in an EKS cluster's provider. */
const document = (partition: string, host: string) => `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Principal": {
        "Federated": "arn:${partition}:iam::123456789012:oidc-provider/${host}"
      },
      "Condition": {
        "StringEquals": {
          "${host}:sub": "system:serviceaccount:pulumi:deployer",
          "${host}:aud": "sts.amazonaws.com"
        }
      }
    }
  ]
}`;

describe("trust/parties/aws/document", () => {
  it("accepts the ARN of a role in every partition, with a path or without", () => {
    for (const arn of [
      "arn:aws:iam::123456789012:role/deployer",
      "arn:aws-us-gov:iam::123456789012:role/team/a_b+c=d,e.f@g-h",
      "arn:aws-cn:iam::123456789012:role/x",
      `arn:aws-eusc:iam::123456789012:role/a:b/c!/${"x".repeat(64)}`,
    ]) {
      checkRoleArn(arn);
    }
  });

  for (const arn of [
    ...["", "deployer", "arn:aws:iam::123456789012:role/", "arn:aws:iam::123456789012:user/deployer"],
    ...["arn:aws:iam::12345678901:role/x", "arn:aws:iam::1234567890123:role/x", "arn:gcp:iam::123456789012:role/x"],
    ...["arn:awsx:iam::123456789012:role/x", "arn:aws-:iam::123456789012:role/x", "arn:aws:sts::123456789012:role/x"],
    `arn:aws:iam::123456789012:role/${"x".repeat(65)}`,
    ...["arn:aws:iam::123456789012:role/a b", "arn:aws:iam::123456789012:role/*", "arn:aws:iam::abcdefghijkl:role/x"],
    ...[
      "x arn:aws:iam::123456789012:role/x",
      "arn:aws:iam::123456789012:role/x:y",
      "arn:aws-CN:iam::123456789012:role/x",
    ],
  ]) {
    it(`refuses ${JSON.stringify(arn)} as a role`, () =>
      refused(() => checkRoleArn(arn), "ROLE_ARN_INVALID", "aws.roleArn", `"${arn}" is not the ARN of an IAM role`));
  }

  for (const [partition, host] of [
    ["aws", "oidc.eks.eu-west-1.amazonaws.com/id/ABC123"],
    ["aws-cn", "oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC123"],
    ["aws-us-gov", "oidc.eks.us-gov-west-1.amazonaws.com/id/ABC123"],
  ] as const) {
    const trust = {
      oidcProviderArn: `arn:${partition}:iam::123456789012:oidc-provider/${host}`,
      issuer: `https://${host}`,
      subject: "system:serviceaccount:pulumi:deployer",
      audience: "sts.amazonaws.com",
    };
    it(`names subject and audience in ${partition}`, () => {
      assert.equal(JSON.stringify(awsTrustPolicy(trust), undefined, 2), document(partition, host));
    });

    it(`refuses another cluster's provider in ${partition}`, () => {
      refused(() => awsTrustPolicy({ ...trust, issuer: `https://${host}F` }), "OIDC_PROVIDER_MISMATCH");
    });
  }

  describe("with wildcards", () => {
    const host = "api.pulumi.com/oidc";
    const oidcProviderArn = `arn:aws:iam::123456789012:oidc-provider/${host}`;
    const trust = { oidcProviderArn, issuer: `https://${host}`, audience: "acme" };
    const policy = (subject: string | string[]) => awsTrustPolicy({ ...trust, subject, wildcards: true });

    it("compares patterns by StringLike, and literal subjects as without", () => {
      assert.deepEqual(policy(["a:*:b", "a:c:b"]).Statement[0]?.Condition, {
        StringEquals: { [`${host}:aud`]: "acme" },
        StringLike: { [`${host}:sub`]: ["a:*:b", "a:c:b"] },
      });
      assert.deepEqual(policy("a:c:b"), awsTrustPolicy({ ...trust, subject: "a:c:b" }));
    });

    it("takes them for whole parts alone, and only where they are asked for", () => {
      for (const subject of ["a:b*:c", "a:*b", "*a", "a:**", "a:?", "a:b?", "a::b", "a:", ""]) {
        refused(() => policy(subject), "TRUST_SUBJECT_INVALID");
      }
      refused(() => awsTrustPolicy({ ...trust, subject: "a:*:b" }), "TRUST_SUBJECT_INVALID");
      policy("a:*");
    });

    it("is no longer than IAM stores", () => {
      const one = policy("a:*");
      const { length } = JSON.stringify(one);
      checkPolicyLength(one, length, "aws");
      refused(() => checkPolicyLength(one, length - 1, "aws"), "TRUST_POLICY_TOO_LONG", "aws");
    });
  });
});
