import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner } from "../../../../provider/components/eks/eks-oidc-runner";
import { GkeOidcRunner } from "../../../../provider/components/gke/gke-oidc-runner";
import { KubernetesOidcRunner } from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../cloud";
import { listed } from "../pick";

const common = { accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API } as const;

/** A value of a resource that does not exist yet. */
function unknown(): pulumi.Output<string> {
  class Cluster extends pulumi.CustomResource {
    readonly endpoint!: pulumi.Output<string>;
    constructor() {
      super("test:index:Cluster", "cluster", { endpoint: undefined });
    }
  }
  return new Cluster().endpoint;
}

async function preview(program: (value: pulumi.Output<string>) => void) {
  const run = await runProgram(() => program(unknown()), { ...cloud, preview: true });
  assert.deepEqual(run.errors, []);
  return listed(run).filter((line) => line !== "Cluster cluster");
}

describe("a preview shows every resource while values are unknown", () => {
  it("of KubernetesOidcRunner", async () => {
    const lines = await preview(
      (value) =>
        new KubernetesOidcRunner("deployer", { ...common, organization: value, cluster: { issuerUrl: value } }),
    );
    assert.deepEqual(lines, [
      "Job deployer",
      "ConfigMap pulumi-entrypoint",
      "ConfigMap pulumi-entrypoint-owner",
      "ServiceAccount deployer",
      "KubernetesOidcRunner deployer",
      "OidcTrustSetup oidc-trust-deployer",
      "OidcIssuer oidc-trust-deployer",
      "OidcPolicy deployer",
    ]);
  });

  it("of EksOidcRunner", async () => {
    const lines = await preview((value) => {
      const aws = { role: { managedPolicyArns: [value] } };
      return new EksOidcRunner("deployer", { ...common, organization: "acme", cluster: { name: value }, aws });
    });
    assert.deepEqual(lines, [
      "Role deployer",
      "RolePolicyAttachment deployer-0",
      "Job deployer",
      "ConfigMap pulumi-entrypoint",
      "ConfigMap pulumi-entrypoint-owner",
      "ServiceAccount deployer",
      "EksOidcRunner deployer",
      "OidcTrustSetup oidc-trust-deployer",
      "OidcIssuer oidc-trust-deployer",
      "OidcPolicy deployer",
    ]);
  });

  it("of GkeOidcRunner", async () => {
    const lines = await preview((value) => {
      const cluster = { project: "acme-prod", location: value, name: value };
      return new GkeOidcRunner("deployer", {
        ...common,
        organization: "acme",
        cluster,
        gcp: { serviceAccount: {} },
      });
    });
    assert.deepEqual(lines, [
      "Account deployer",
      "IAMMember deployer",
      "Job deployer",
      "ConfigMap pulumi-entrypoint",
      "ConfigMap pulumi-entrypoint-owner",
      "ServiceAccount deployer",
      "GkeOidcRunner deployer",
      "OidcTrustSetup oidc-trust-deployer",
      "OidcIssuer oidc-trust-deployer",
      "OidcPolicy deployer",
    ]);
  });

  it("of OidcTrustSetup", async () => {
    const policies = [{ decision: "allow", accessToken: { organization: {} }, rules: { aud: "a", sub: "s" } }] as const;
    const lines = await preview(
      (url) =>
        new OidcTrustSetup("prod", { organization: "acme", custom: { issuerUrl: url }, policies: [...policies] }),
    );
    assert.deepEqual(lines, ["OidcTrustSetup prod", "OidcIssuer prod", "OidcPolicy prod"]);
  });

  it("still refuses what is known and bad", async () => {
    const run = await runProgram(
      () => {
        const cluster = { issuerUrl: unknown() };
        return void new KubernetesOidcRunner("deployer", { ...common, organization: "", cluster });
      },
      { ...cloud, preview: true },
    );
    assert.deepEqual(listed(run), ["Cluster cluster"]);
    assert.equal((run.errors[0] as { code?: string }).code, "ORGANIZATION_EMPTY");
  });

  it("shows what is known", async () => {
    const program = () =>
      void new KubernetesOidcRunner("deployer", { ...common, organization: "acme", cluster: { issuerUrl: ISSUER } });
    const run = await runProgram(program, { ...cloud, preview: true });
    assert.deepEqual(run.errors, []);
    const issuer = run.resources.find(({ type }) => type.endsWith(":OidcIssuer"));
    assert.equal(issuer?.inputs.issuerUrl, ISSUER);
  });
});
