import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { EksAwsBlocks, EksPodIdentity } from "../../../../provider/components/eks/eks-oidc-runner";
import { requireProperties } from "../../../../provider/components/eks/identity";
import { provePodIdentity } from "../../../../trust/parties/aws/pod-identity/proof";
import { proveTargetRole } from "../../../../trust/parties/aws/target-role/proof";
import { CLUSTER_ARN, cloudCall, ISSUER, ROLE_ARN } from "../cloud";
import { listed, only } from "../pick";
import { codesOf, eksRunner, podPartsOf, runEks, trustPolicyOf } from "./eks";

const cluster = { name: "prod" };
const program =
  (podIdentity: EksPodIdentity, aws: Pick<EksAwsBlocks, "region" | "tokenExpirationSeconds"> = {}) =>
  () => {
    const { roleArn } = eksRunner({ cluster, aws: { podIdentity, ...aws } });
    return { roleArn };
  };
const URI = "http://169.254.170.23/v1/credentials";
/** AWS's answer about the cluster, with something else in it. */
const answer = (more: object) => ({
  call: (args: pulumi.runtime.MockCallArgs) =>
    args.token.includes("getCluster") ? { ...cloudCall(args), ...more } : cloudCall(args),
});

describe("EKS Pod Identity of EksOidcRunner", () => {
  it("associates a role that only its ServiceAccount on its cluster may have, before the Job starts", async () => {
    const run = await runEks(program({ role: { path: "/runners/" } }));
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.outputs, { roleArn: ROLE_ARN });
    assert.deepEqual(
      trustPolicyOf(run),
      provePodIdentity({ clusterArn: CLUSTER_ARN, namespace: "pulumi", serviceAccountName: "deployer" }),
    );
    assert.equal(only(run, "Role").inputs.path, "/runners/");
    const association = only(run, "PodIdentityAssociation");
    assert.deepEqual(association.inputs, {
      ...{ clusterName: "prod", namespace: "pulumi", serviceAccount: "deployer", roleArn: ROLE_ARN },
    });
    assert.deepEqual(association.dependencies, ["aws:iam/role:Role deployer"]);
    const { dependencies } = only(run, "Job");
    assert.ok(dependencies.includes("aws:eks/podIdentityAssociation:PodIdentityAssociation deployer"));
  });

  it("gives the pod its own token for the agent, and the ServiceAccount no annotation", async () => {
    const run = await runEks(program({ role: {} }));
    const { env, volumes, labels } = podPartsOf(run);
    assert.equal(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, URI);
    assert.equal(env.AWS_REGION, "eu-west-1");
    assert.equal(env.AWS_ROLE_ARN, undefined);
    assert.equal(labels["eks.amazonaws.com/pod-identity"], "enabled");
    const volume = volumes.find(({ name }) => name === "eks-pod-identity-token");
    assert.deepEqual(volume?.projected?.sources, [
      {
        serviceAccountToken: {
          ...{ audience: "pods.eks.amazonaws.com", expirationSeconds: 600, path: "eks-pod-identity-token" },
        },
      },
    ]);
    const { metadata } = only(run, "ServiceAccount").inputs as { metadata: { annotations?: unknown } };
    assert.equal(metadata.annotations, undefined);
  });

  it("takes a role that is given, and makes none", async () => {
    const roleArn = pulumi.output("arn:aws:iam::123456789012:role/given");
    const run = await runEks(program({ roleArn }));
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.outputs, { roleArn: "arn:aws:iam::123456789012:role/given" });
    assert.equal(only(run, "PodIdentityAssociation").inputs.roleArn, "arn:aws:iam::123456789012:role/given");
    assert.ok(!listed(run).some((line) => line.startsWith("Role ")));
    const bad = await runEks(program({ roleArn: pulumi.output("given") }));
    assert.deepEqual(codesOf(bad), ["ROLE_ARN_INVALID"]);
    assert.deepEqual(
      listed(bad).map((line) => line.split(" ")[0]),
      ["EksOidcRunner", "OidcTrustSetup"],
    );
  });

  it("asks the agent where a cluster of its IP family has it", async () => {
    for (const [ipFamily, uri] of [
      ["ipv4", URI],
      ["ipv6", "http://[fd00:ec2::23]/v1/credentials"],
    ]) {
      const run = await runEks(program({ role: {} }), answer({ kubernetesNetworkConfigs: [{ ipFamily }] }));
      assert.equal(podPartsOf(run).env.AWS_CONTAINER_CREDENTIALS_FULL_URI, uri);
    }
  });

  it("takes region and life of the token as given", async () => {
    const run = await runEks(program({ role: {} }, { region: "us-east-2", tokenExpirationSeconds: 3600 }));
    const { env, volumes } = podPartsOf(run);
    assert.equal(env.AWS_REGION, "us-east-2");
    const volume = volumes.find(({ name }) => name === "eks-pod-identity-token");
    assert.equal(volume?.projected?.sources[0]?.serviceAccountToken.expirationSeconds, 3600);
  });

  it("makes no role for a cluster whose ARN is none", async () => {
    const refused = await runEks(program({ role: {} }), answer({ arn: "prod" }));
    assert.deepEqual(codesOf(refused), ["CLUSTER_ARN_INVALID"]);
    assert.ok(!listed(refused).some((line) => /^(Role|PodIdentityAssociation|Job) /.test(line)));
  });

  it("needs no IAM OIDC provider", async () => {
    const run = await runEks(program({ role: {} }));
    assert.deepEqual(run.calls, ["getCluster prod"]);
    assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, ISSUER);
  });

  describe("settings of the association [0.6]", () => {
    const TARGET = "arn:aws:iam::222233334444:role/target";
    const GIVEN = "arn:aws:iam::123456789012:role/given";
    const POLICY = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const outputsOf = (podIdentity: EksPodIdentity) => (): { targetRoleTrustPolicy?: pulumi.Output<string> } => {
      const { targetRoleTrustPolicy } = eksRunner({ cluster, aws: { podIdentity } });
      return { targetRoleTrustPolicy };
    };
    const pod = { clusterArn: CLUSTER_ARN, namespace: "pulumi", serviceAccountName: "deployer" };

    it("chain a role that is made to a target role, and give the trust policy that the target needs", async () => {
      for (const targetRoleArn of [TARGET, pulumi.output(TARGET)]) {
        const run = await runEks(outputsOf({ role: {}, targetRoleArn }));
        assert.deepEqual(run.errors, []);
        const { inputs, dependencies } = only(run, "PodIdentityAssociation");
        assert.deepEqual([inputs.roleArn, inputs.targetRoleArn], [ROLE_ARN, TARGET]);
        assert.ok(!("disableSessionTags" in inputs) && !("policy" in inputs));
        assert.ok(dependencies.includes("aws:iam/role:Role deployer"));
        const { name, role, policy } = only(run, "RolePolicy").inputs;
        assert.deepEqual([name, role], ["assume-target-role", "deployer-1234567"]);
        assert.deepEqual(JSON.parse(String(policy)), {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: TARGET }],
        });
        assert.deepEqual(trustPolicyOf(run), provePodIdentity(pod));
        const needed = JSON.parse(String(run.outputs?.targetRoleTrustPolicy)) as object;
        assert.deepEqual(needed, proveTargetRole({ ...pod, roleArn: ROLE_ARN }));
      }
    });

    it("disable session tags and narrow the session of a role that is given", async () => {
      const settings = { disableSessionTags: true, policy: POLICY };
      const run = await runEks(outputsOf({ roleArn: GIVEN, targetRoleArn: TARGET, ...settings }));
      assert.deepEqual(run.errors, []);
      const { inputs } = only(run, "PodIdentityAssociation");
      assert.deepEqual(
        [inputs.roleArn, inputs.targetRoleArn, inputs.disableSessionTags, inputs.policy],
        [GIVEN, TARGET, true, POLICY],
      );
      const needed = JSON.parse(String(run.outputs?.targetRoleTrustPolicy)) as object;
      assert.deepEqual(needed, proveTargetRole({ ...pod, roleArn: GIVEN, disableSessionTags: true }));
    });

    it("have no output for a target role where there is none", async () => {
      const run = await runEks(outputsOf({ role: {} }));
      assert.deepEqual(run.outputs, { targetRoleTrustPolicy: undefined });
      assert.ok(!listed(run).some((line) => line.startsWith("RolePolicy ")));
    });

    const mistakes: [string, EksPodIdentity, string][] = [
      ["no tags for a role that is made", { role: {}, disableSessionTags: true }, "OPTION_CONFLICT"],
      ["a session policy with tags", { roleArn: GIVEN, policy: POLICY }, "OPTION_MISSING"],
      [
        "a session policy that is none",
        { roleArn: GIVEN, disableSessionTags: true, policy: "{}" },
        "SESSION_POLICY_INVALID",
      ],
      ["a target that is not a role", { role: {}, targetRoleArn: "arn:aws:iam::1:user/x" }, "ROLE_ARN_INVALID"],
    ];
    for (const [what, podIdentity, code] of mistakes) {
      it(`refuse ${what} before anything is registered`, async () => {
        const run = await runEks(program(podIdentity));
        assert.deepEqual(codesOf(run), [code]);
        assert.deepEqual(listed(run), []);
      });
    }

    it("refuse values that are known late before role, policy and Job exist", async () => {
      const late: [EksPodIdentity, string][] = [
        [{ role: {}, targetRoleArn: pulumi.output("target") }, "ROLE_ARN_INVALID"],
        [{ roleArn: GIVEN, disableSessionTags: true, policy: pulumi.output("{") }, "SESSION_POLICY_INVALID"],
      ];
      for (const [podIdentity, code] of late) {
        const run = await runEks(program(podIdentity));
        assert.deepEqual(codesOf(run), [code]);
        assert.ok(!listed(run).some((line) => /^(RolePolicy|PodIdentityAssociation|OidcPolicy|Job) /.test(line)));
      }
    });

    it("refuse a property that the installed @pulumi/aws would leave out in silence", () => {
      class Old {
        constructor(readonly resourceInputs: Record<string, unknown> = {}) {
          resourceInputs.targetRoleArn = 1;
        }
      }
      requireProperties(Old, ["targetRoleArn"]);
      assert.throws(() => requireProperties(Old, ["targetRoleArn", "policy"]), { code: "PEER_TOO_OLD" });
    });
  });
});
