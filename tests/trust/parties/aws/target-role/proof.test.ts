import assert from "node:assert/strict";
import { type ChainedRequest, evaluateTargetRoleTrust } from "../../../../../trust/parties/aws/pod-identity/evaluate";
import {
  checkSessionPolicy,
  podIdentityExternalId,
  targetRolePolicy,
} from "../../../../../trust/parties/aws/target-role/document";
import { checkTargetAdmitsOnly, proveTargetRole } from "../../../../../trust/parties/aws/target-role/proof";
import { refused } from "../../../../helpers/refused";

const ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";
const ROLE = "arn:aws:iam::123456789012:role/runners/deployer";
const ROOT = { AWS: "arn:aws:iam::123456789012:root" };
const TRUST = { clusterArn: ARN, namespace: "pulumi", serviceAccountName: "deployer", roleArn: ROLE };
const UNTAGGED = { ...TRUST, disableSessionTags: true };
const ID = "eu-west-1/123456789012/prod/pulumi/deployer";
const TAGS = {
  "eks-cluster-arn": ARN,
  "eks-cluster-name": "prod",
  "kubernetes-namespace": "pulumi",
  "kubernetes-service-account": "deployer",
};

describe("trust/parties/aws/target-role/proof", () => {
  it("gives the documents the EKS User Guide asks for, with session tags and without", () => {
    assert.deepEqual(proveTargetRole(TRUST).Statement, [
      {
        Effect: "Allow",
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Principal: ROOT,
        Condition: {
          StringEquals: {
            "aws:PrincipalArn": ROLE,
            "aws:RequestTag/eks-cluster-arn": ARN,
            "aws:RequestTag/kubernetes-namespace": "pulumi",
            "aws:RequestTag/kubernetes-service-account": "deployer",
          },
        },
      },
    ]);
    assert.deepEqual(proveTargetRole(UNTAGGED).Statement, [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: ROOT,
        Condition: { StringEquals: { "aws:PrincipalArn": ROLE, "sts:ExternalId": ID } },
      },
      {
        Effect: "Allow",
        Action: "sts:TagSession",
        Principal: ROOT,
        Condition: { StringEquals: { "aws:PrincipalArn": ROLE } },
      },
    ]);
    assert.equal(podIdentityExternalId(TRUST), ID);
  });

  it("admits the pod through its role, and no near miss", () => {
    const decide = (trust: typeof TRUST, request: Partial<ChainedRequest>) =>
      evaluateTargetRoleTrust(proveTargetRole(trust), { roleArn: ROLE, ...request }).decision;
    assert.equal(decide(TRUST, { tags: TAGS }), "allow");
    assert.equal(decide(UNTAGGED, { externalId: ID }), "allow");
    const misses: [typeof TRUST, Partial<ChainedRequest>][] = [
      [TRUST, {}],
      [TRUST, { externalId: ID }],
      [TRUST, { tags: { ...TAGS, "kubernetes-namespace": "pulumi-dev" } }],
      [TRUST, { tags: { ...TAGS, "eks-cluster-arn": `${ARN}-2` } }],
      [TRUST, { tags: TAGS, roleArn: ROLE.replace("/runners/", "/") }],
      [UNTAGGED, {}],
      [UNTAGGED, { tags: TAGS }],
      [UNTAGGED, { externalId: `${ID}-2` }],
      [UNTAGGED, { externalId: ID.replace("eu-west-1", "eu-west-2") }],
      [UNTAGGED, { externalId: ID, roleArn: ROLE.replace("123456789012", "123456789013") }],
    ];
    for (const [trust, request] of misses) {
      assert.equal(decide(trust, request), "deny", JSON.stringify(request));
    }
  });

  it("knows roles, accounts and tags as principals, and no service", () => {
    const decide = (statement: object) =>
      evaluateTargetRoleTrust(
        {
          Version: "2012-10-17",
          Statement: { Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], ...statement },
        },
        { roleArn: ROLE, tags: TAGS },
      ).decision;
    for (const AWS of ["*", "123456789012", ROOT.AWS, ROLE]) {
      assert.equal(decide({ Principal: { AWS } }), "allow", AWS);
    }
    for (const Principal of [
      { AWS: "123456789013" },
      { AWS: `${ROLE}2` },
      { Service: "pods.eks.amazonaws.com" },
      { Federated: "*" },
    ]) {
      assert.equal(decide({ Principal }), "deny", JSON.stringify(Principal));
    }
    const tagged = (key: string, value: string) => ({
      Principal: "*",
      Condition: { StringEquals: { [`aws:PrincipalTag/${key}`]: value } },
    });
    assert.equal(decide(tagged("kubernetes-namespace", "pulumi")), "allow");
    assert.equal(decide(tagged("kubernetes-namespace", "other")), "deny");
    assert.equal(decide(tagged("team", "pulumi")), "deny");
  });

  for (const trust of [TRUST, UNTAGGED]) {
    const keys = Object.keys(targetRolePolicy(trust).Statement[0]?.Condition.StringEquals ?? {});
    for (const key of keys) {
      it(`notices a document without ${key}`, () => {
        const policy = targetRolePolicy(trust);
        checkTargetAdmitsOnly(policy, trust);
        delete policy.Statement[0]?.Condition.StringEquals[key];
        const admits = "the target role's trust policy would admit";
        refused(() => checkTargetAdmitsOnly(policy, trust), "TRUST_NOT_PROVEN", undefined, admits);
      });
    }
  }

  it("refuses what is not a cluster, a role or a policy", () => {
    refused(() => proveTargetRole({ ...TRUST, clusterArn: "prod" }), "CLUSTER_ARN_INVALID", "cluster.arn");
    refused(() => proveTargetRole({ ...TRUST, roleArn: "deployer" }), "ROLE_ARN_INVALID", "aws.roleArn");
    checkSessionPolicy('{"Version":"2012-10-17","Statement":[]}');
    for (const text of ["", "[]", "null", "{}", '{"Statement":"x"}', "{", '{"Statement":null}']) {
      refused(() => checkSessionPolicy(text), "SESSION_POLICY_INVALID", "aws.podIdentity.policy");
    }
  });
});
