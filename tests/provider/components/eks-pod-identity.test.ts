import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { EksAws } from "../../../provider/components/eks-oidc-runner";
import { provePodIdentity } from "../../../provider/trust/documents/prove-pod-identity";
import { CLUSTER_ARN, cloudCall, ISSUER, ROLE_ARN } from "./cloud";
import { codesOf, eksRunner, podPartsOf, runEks, trustPolicyOf } from "./eks";
import { listed, only } from "./pick";

const cluster = { name: "prod" };
const program =
  (podIdentity: EksAws["podIdentity"], aws: EksAws = {}) =>
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
    assert.equal(only(run, "OidcIssuer").inputs.url, ISSUER);
  });
});
