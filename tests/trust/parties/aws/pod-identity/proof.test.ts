import assert from "node:assert/strict";
import {
  type PodIdentityTrustPolicy,
  podIdentityTrustPolicy,
} from "../../../../../trust/parties/aws/pod-identity/document";
import { evaluatePodIdentityTrust } from "../../../../../trust/parties/aws/pod-identity/evaluate";
import { checkAdmitsOnly, provePodIdentity } from "../../../../../trust/parties/aws/pod-identity/proof";
import { refused } from "../../../../helpers/refused";

const ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";
const TRUST = { clusterArn: ARN, namespace: "pulumi", serviceAccountName: "deployer" };

describe("trust/parties/aws/pod-identity/proof", () => {
  it("gives the document the EKS User Guide asks for, for one ServiceAccount of one cluster", () => {
    assert.deepEqual(provePodIdentity(TRUST), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["sts:AssumeRole", "sts:TagSession"],
          Principal: { Service: "pods.eks.amazonaws.com" },
          Condition: {
            StringEquals: {
              "aws:RequestTag/eks-cluster-arn": ARN,
              "aws:RequestTag/kubernetes-namespace": "pulumi",
              "aws:RequestTag/kubernetes-service-account": "deployer",
            },
          },
        },
      ],
    });
  });

  it("admits the runner's pod and refuses its neighbours", () => {
    const policy = provePodIdentity(TRUST);
    const decide = (other: Record<string, string>) =>
      evaluatePodIdentityTrust(policy, {
        ...{ "eks-cluster-arn": ARN, "eks-cluster-name": "prod", "kubernetes-namespace": "pulumi" },
        ...{ "kubernetes-service-account": "deployer", ...other },
      }).decision;
    assert.equal(decide({}), "allow");
    assert.equal(decide({ "kubernetes-namespace": "pulumi-dev" }), "deny");
    assert.equal(decide({ "kubernetes-service-account": "default" }), "deny");
    assert.equal(decide({ "eks-cluster-arn": `${ARN}-2` }), "deny");
    assert.equal(decide({ "eks-cluster-arn": ARN.replace("123456789012", "123456789013") }), "deny");
  });

  for (const clusterArn of [
    ...["", "prod", "arn:aws:eks:eu-west-1:123456789012:cluster/", "arn:aws:eks::123456789012:cluster/prod"],
    ...["arn:aws:eks:eu-west-1:123456789012:nodegroup/prod", `${ARN}/x`, `${ARN}*`, ` ${ARN}`],
  ]) {
    it(`refuses ${JSON.stringify(clusterArn)} as a cluster`, () =>
      refused(() => provePodIdentity({ ...TRUST, clusterArn }), "CLUSTER_ARN_INVALID", "cluster.arn"));
  }

  it("accepts a cluster of every partition", () => {
    for (const [partition, region] of [
      ["aws-us-gov", "us-gov-west-1"],
      ["aws-cn", "cn-north-1"],
      ["aws-eusc", "eusc-de-east-1"],
    ]) {
      const clusterArn = `arn:${partition}:eks:${region}:123456789012:cluster/a_b-C1`;
      assert.equal(
        provePodIdentity({ ...TRUST, clusterArn }).Statement[0]?.Condition.StringEquals[
          "aws:RequestTag/eks-cluster-arn"
        ],
        clusterArn,
      );
    }
  });

  for (const key of ["eks-cluster-arn", "kubernetes-namespace", "kubernetes-service-account"]) {
    it(`notices a document without ${key}`, () => {
      const policy = podIdentityTrustPolicy(TRUST);
      checkAdmitsOnly(policy, TRUST);
      delete policy.Statement[0]?.Condition.StringEquals[`aws:RequestTag/${key}`];
      refused(
        () => checkAdmitsOnly(policy, TRUST),
        "TRUST_NOT_PROVEN",
        undefined,
        "the role's trust policy would admit",
      );
    });
  }

  it("notices a document that doesn't let the session be tagged", () => {
    const policy = podIdentityTrustPolicy(TRUST);
    const [statement] = policy.Statement;
    const untagged = { ...policy, Statement: [{ ...statement, Action: "sts:AssumeRole" }] };
    const wrong = untagged as unknown as PodIdentityTrustPolicy;
    refused(() => checkAdmitsOnly(wrong, TRUST), "TRUST_NOT_PROVEN", undefined, "the role's trust policy would refuse");
  });
});
