import assert from "node:assert/strict";
import { evaluatePodIdentityTrust } from "../../../../../trust/parties/aws/pod-identity/evaluate";

const ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";
const TAGS = {
  "eks-cluster-arn": ARN,
  "eks-cluster-name": "prod",
  "kubernetes-namespace": "pulumi",
  "kubernetes-service-account": "deployer",
  "kubernetes-pod-uid": "1",
};
const statement = (more: object = {}) => ({
  Effect: "Allow",
  Principal: { Service: "pods.eks.amazonaws.com" },
  Action: ["sts:AssumeRole", "sts:TagSession"],
  ...more,
});
const policy = (...Statement: unknown[]) => ({ Version: "2012-10-17", Statement });
const when = (Condition: object) => statement({ Condition });
const decide = (...statements: unknown[]) => evaluatePodIdentityTrust(policy(...statements), TAGS).decision;

/**
 * Source of each case: EKS User Guide, "Create IAM role with trust policy required by EKS Pod Identity" (principal, actions,
 * tags), or IAM User Guide, "Passing session tags in AWS STS" (a role is only tagged where sts:TagSession is allowed).
 */
const CASES: [what: string, decision: "allow" | "deny", statements: unknown[]][] = [
  ["the guide's document", "allow", [statement()]],
  ["another service", "deny", [statement({ Principal: { Service: "ec2.amazonaws.com" } })]],
  ["an account", "deny", [statement({ Principal: { AWS: "arn:aws:iam::123456789012:root" } })]],
  ["everybody", "allow", [statement({ Principal: "*" })]],
  ["everybody, written as AWS", "allow", [statement({ Principal: { AWS: "*" } })]],
  ["a web identity", "deny", [statement({ Principal: { Federated: "*" } })]],
  ["no tagging", "deny", [statement({ Action: "sts:AssumeRole" })]],
  ["tagging alone", "deny", [statement({ Action: "sts:TagSession" })]],
  [
    "tagging by another statement",
    "allow",
    [statement({ Action: "sts:AssumeRole" }), statement({ Action: "sts:Tag*" })],
  ],
  ["the action of web identities", "deny", [statement({ Action: "sts:AssumeRoleWithWebIdentity" })]],
  ["every action", "allow", [statement({ Action: "sts:*" })]],
  ["the pod's namespace", "allow", [when({ StringEquals: { "aws:RequestTag/kubernetes-namespace": "pulumi" } })]],
  ["another namespace", "deny", [when({ StringEquals: { "aws:RequestTag/kubernetes-namespace": "pulumi2" } })]],
  ["its key in other letters", "allow", [when({ StringEquals: { "AWS:requesttag/Kubernetes-Namespace": "pulumi" } })]],
  ["another ServiceAccount", "deny", [when({ StringEquals: { "aws:RequestTag/kubernetes-service-account": "x" } })]],
  ["the cluster by its ARN", "allow", [when({ ArnEquals: { "aws:RequestTag/eks-cluster-arn": ARN } })]],
  ["another cluster", "deny", [when({ ArnEquals: { "aws:RequestTag/eks-cluster-arn": `${ARN}2` } })]],
  ["a tag that is not sent", "deny", [when({ StringEquals: { "aws:RequestTag/kubernetes-pod-name": "x" } })]],
  ["a tag that must not be sent", "deny", [when({ Null: { "aws:RequestTag/kubernetes-pod-uid": "true" } })]],
  ["the tags' keys", "allow", [when({ "ForAnyValue:StringEquals": { "aws:TagKeys": "eks-cluster-name" } })]],
  ["a key that is none of the tags", "deny", [when({ "ForAnyValue:StringEquals": { "aws:TagKeys": "team" } })]],
  ["what is not known of the request", "deny", [when({ StringEquals: { "aws:SourceAccount": "123456789012" } })]],
  [
    "a deny by what is not known",
    "deny",
    [statement(), { ...when({ StringEquals: { "aws:SourceArn": ARN } }), Effect: "Deny" }],
  ],
  ["a deny of tagging", "deny", [statement(), statement({ Effect: "Deny", Action: "sts:TagSession" })]],
  [
    "a deny for another namespace",
    "allow",
    [statement(), { ...when({ StringEquals: { "aws:RequestTag/kubernetes-namespace": "x" } }), Effect: "Deny" }],
  ],
  ["a key of web identities", "deny", [when({ StringEquals: { "oidc.eks.eu-west-1.amazonaws.com/id/A:sub": "x" } })]],
];

describe("trust/parties/aws/evaluate for EKS Pod Identity", () => {
  for (const [what, decision, statements] of CASES) {
    it(`decides ${decision}: ${what}`, () => assert.equal(decide(...statements), decision));
  }

  it("says once what allows it, and which of the two actions is refused", () => {
    const { reasons } = evaluatePodIdentityTrust(policy(statement()), TAGS);
    assert.deepEqual(reasons, ["statement 0 matches and allows it"]);
    const untagged = evaluatePodIdentityTrust(policy(statement({ Action: "sts:AssumeRole" })), TAGS);
    assert.deepEqual(untagged.reasons, ["statement 0 does not match: Action sts:AssumeRole is not sts:TagSession"]);
    const other = evaluatePodIdentityTrust(policy(statement({ Principal: { Service: "ec2.amazonaws.com" } })), TAGS);
    assert.deepEqual(other.reasons, [
      'statement 0 does not match: Principal expected {"Service":["ec2.amazonaws.com"]}, got pods.eks.amazonaws.com',
    ]);
  });
});
