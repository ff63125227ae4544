import assert from "node:assert/strict";
import { awsTrustPolicy } from "../../../../provider/trust/documents/aws";
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

describe("provider/trust/documents/aws", () => {
  for (const [partition, host] of [
    ["aws", "oidc.eks.eu-west-1.amazonaws.com/id/ABC123"],
    ["aws-cn", "oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC123"],
    ["aws-us-gov", "oidc.eks.us-gov-west-1.amazonaws.com/id/ABC123"],
  ] as const) {
    const trust = {
      oidcProviderArn: `arn:${partition}:iam::123456789012:oidc-provider/${host}`,
      issuerUrl: `https://${host}`,
      namespace: "pulumi",
      serviceAccountName: "deployer",
    };
    it(`names subject and audience in ${partition}`, () => {
      assert.equal(JSON.stringify(awsTrustPolicy(trust), undefined, 2), document(partition, host));
    });

    it(`refuses another cluster's provider in ${partition}`, () => {
      refused(() => awsTrustPolicy({ ...trust, issuerUrl: `https://${host}F` }), "OIDC_PROVIDER_MISMATCH");
    });
  }
});
