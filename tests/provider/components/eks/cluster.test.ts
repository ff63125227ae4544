import assert from "node:assert/strict";
import { Cluster } from "@pulumi/aws/eks/cluster";
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import type { EksOidcRunnerArgs } from "../../../../provider/components/eks/eks-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust";
import { API, CLUSTER_ARN, cloud, cloudState, ISSUER, PROVIDER_ARN } from "../cloud";
import { only } from "../pick";
import { codesOf, eksRunner, runEks, trustPolicyOf } from "./eks";

/** What is there of the `Cluster` of `@pulumi/eks` once it is made; `oidcIssuer` has no scheme. */
class ClusterOfPulumiEks extends pulumi.ComponentResource {
  readonly oidcIssuer = pulumi.output(ISSUER.slice("https://".length));
  readonly oidcProviderUrl = pulumi.output(ISSUER);
  readonly oidcProviderArn: pulumi.Output<string>;
  readonly eksCluster: pulumi.Output<Cluster>;
  constructor(oidcProviderArn = PROVIDER_ARN) {
    super("eks:index:Cluster", "prod");
    this.oidcProviderArn = pulumi.output(oidcProviderArn);
    this.eksCluster = pulumi.output(awsCluster());
  }
}

const awsCluster = () => new Cluster("prod", { roleArn: "r", vpcConfig: { subnetIds: ["a"] } });

/** The outputs of an `aws.eks.Cluster` that exists. */
const state: typeof cloudState = (resource) =>
  resource.type === "aws:eks/cluster:Cluster"
    ? {
        name: "prod-1234567",
        arn: `${CLUSTER_ARN}-1234567`,
        identities: [{ oidcs: [{ issuer: ISSUER }] }],
        kubernetesNetworkConfig: { ipFamily: "ipv6" },
      }
    : cloudState(resource);

/** Way of giving the cluster, and the look-ups it needs for a role, and for EKS Pod Identity. */
const WAYS: [way: string, cluster: () => EksOidcRunnerArgs["cluster"], role: string[], podIdentity?: string[]][] = [
  [
    "its name",
    () => ({ name: "prod" }),
    ["getCluster prod", `getOpenIdConnectProvider ${ISSUER}`],
    ["getCluster prod"],
  ],
  [
    "its name and the provider",
    () => ({ name: "prod", oidcProviderArn: pulumi.output(PROVIDER_ARN) }),
    ["getCluster prod"],
    ["getCluster prod"],
  ],
  ["the resource", awsCluster, [`getOpenIdConnectProvider ${ISSUER}`], []],
  [
    "outputs of the resource",
    () => {
      const { name, identities } = awsCluster();
      return { name, identities };
    },
    [`getOpenIdConnectProvider ${ISSUER}`],
    ["getCluster prod-1234567"],
  ],
  ["a Cluster of @pulumi/eks", () => new ClusterOfPulumiEks(), [], []],
  [
    "a Cluster of @pulumi/eks that made no provider",
    () => new ClusterOfPulumiEks(""),
    [`getOpenIdConnectProvider ${ISSUER}`],
    [],
  ],
  ["the issuer", () => ({ issuerUrl: ISSUER }), [`getOpenIdConnectProvider ${ISSUER}`]],
  ["issuer and provider", () => ({ issuerUrl: pulumi.output(ISSUER), oidcProviderArn: PROVIDER_ARN }), []],
];

describe("the cluster of EksOidcRunner", () => {
  const trust = (eks: EksOidcRunnerArgs["cluster"]) =>
    new OidcTrustSetup("prod", { organization: "acme", apiUrl: API, eks });

  it("of a trust is looked up by the provider of the trust, and nothing is made of one without issuer", async () => {
    const providers: unknown[] = [];
    const call: typeof cloud.call = ({ provider, token, inputs }) => {
      providers.push([token, inputs.name, provider?.split("::").slice(-2, -1)]);
      return { identities: [] };
    };
    const program = () => {
      const provider = new Provider("other", { region: "eu-west-1" });
      new OidcTrustSetup(
        "prod",
        { organization: "acme", apiUrl: API, eks: { name: "prod" } },
        { providers: [provider] },
      );
    };
    const run = await runEks(program, { ...cloud, call });
    assert.deepEqual(codesOf(run), ["ISSUER_URL_INVALID"]);
    assert.deepEqual(providers, [["aws:eks/getCluster:getCluster", "prod", ["other"]]]);
    assert.ok(!run.resources.some(({ type }) => type.endsWith(":OidcIssuer")));
  });

  for (const [way, cluster, lookUps, podIdentityLookUps] of WAYS) {
    it(`can be given by ${way}`, async () => {
      const run = await runEks(() => void eksRunner({ cluster: cluster(), aws: { role: {} } }), { ...cloud, state });
      assert.deepEqual(run.errors, []);
      assert.deepEqual(run.calls, lookUps);
      assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, ISSUER);
      assert.deepEqual(trustPolicyOf(run).Statement[0]?.Principal, { Federated: PROVIDER_ARN });
    });

    it(`${podIdentityLookUps ? "is enough" : "is not enough"} for EKS Pod Identity by ${way}`, async () => {
      const program = () => void eksRunner({ cluster: cluster(), aws: { podIdentity: { role: {} } } });
      const run = await runEks(program, { ...cloud, state });
      if (podIdentityLookUps === undefined) {
        assert.equal((run.errors[0] as { code?: string }).code, "OPTION_MISSING");
        assert.deepEqual(run.resources, []);
        return;
      }
      assert.deepEqual(run.errors, []);
      assert.deepEqual(run.calls, podIdentityLookUps);
      const name = way.includes("name") ? "prod" : "prod-1234567";
      assert.equal(only(run, "PodIdentityAssociation").inputs.clusterName, name);
    });

    it(`gives a trust its issuer by ${way}`, async () => {
      const run = await runEks(() => ({ url: trust(cluster()).issuerUrl }), { ...cloud, state });
      assert.deepEqual([run.errors, run.outputs], [[], { url: ISSUER }]);
      assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, ISSUER);
      assert.deepEqual(
        run.calls,
        lookUps.filter((call) => call === "getCluster prod"),
      );
    });

    it(`has one issuer for two runners by ${way}`, async () => {
      const run = await runEks(
        () => {
          const one = cluster();
          eksRunner({ cluster: one }, "one");
          eksRunner({ cluster: one }, "two");
        },
        { ...cloud, state },
      );
      assert.deepEqual(run.errors, []);
      assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, ISSUER);
    });
  }

  it("is not the same for two resources", async () => {
    const program = () => {
      const other = new Cluster("other", { roleArn: "r", vpcConfig: { subnetIds: ["a"] } });
      eksRunner({ cluster: awsCluster() }, "one");
      eksRunner({ cluster: other }, "two");
    };
    const run = await runEks(program, { ...cloud, state });
    assert.equal(run.resources.filter(({ type }) => type.endsWith(":OidcIssuer")).length, 2);
  });

  it("of a resource that is not made yet shows in a preview", async () => {
    const program = () => void eksRunner({ cluster: awsCluster(), aws: { podIdentity: { role: {} } } });
    const run = await runEks(program, { ...cloud, preview: true });
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.calls, []);
    const kinds = run.resources.map(({ type }) => type.split(":").pop());
    for (const kind of ["Role", "PodIdentityAssociation", "Job", "OidcIssuer"]) assert.ok(kinds.includes(kind), kind);
  });
});
