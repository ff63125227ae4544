import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../cloud";
import { expectedRunner, registered } from "../expected";
import { configMap, listed, only } from "../pick";

const component = "oidc-runner:index:KubernetesOidcRunner";
// Names that hashes are part of are in users' state files: a change replaces their resources.
const trustName = "oidc-trust-3d6390d4";
const issuerName = "oidc-trust-3d6390d4-4c0e4b2b09b8354d";
const issuerId = `issuer-of-${trustName}`;

function runner(args: Partial<KubernetesOidcRunnerArgs> = {}, name = "deployer") {
  return new KubernetesOidcRunner(name, {
    organization: "acme",
    accessToken: { organization: {} },
    cluster: { issuerUrl: ISSUER },
    namespace: "pulumi",
    apiUrl: API,
    ...args,
  });
}

describe("KubernetesOidcRunner", () => {
  it("registers trust, ServiceAccount, policy, ConfigMap and Job, and outputs what they are", async () => {
    const run = await runProgram(() => {
      const { workloadName, serviceAccountName, namespace, issuerId, audience, subject } = runner();
      return { workloadName, serviceAccountName, namespace, issuerId, audience, subject };
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.log, []);
    assert.deepEqual(
      registered(run),
      expectedRunner({
        component,
        issuerUrl: ISSUER,
        namespace: "pulumi",
        trustName,
        issuerName,
        issuerId,
      }),
    );
    assert.deepEqual(run.outputs, {
      workloadName: "deployer-7f3a",
      serviceAccountName: "deployer",
      namespace: "pulumi",
      issuerId,
      audience: "urn:pulumi:org:acme",
      subject: "system:serviceaccount:pulumi:deployer",
    });
  });

  for (const [tokenType, owner, accessToken] of [
    ["team", "platform", { team: { name: "platform" } }],
    ["personal", "octo", { personal: { user: "octo" } }],
    ["runner", "pool-1", { runner: { pool: "pool-1" } }],
  ] as const) {
    it(`asks for a ${tokenType} token and allows no other`, async () => {
      const run = await runProgram(() => void runner({ accessToken }), cloud);
      assert.deepEqual(run.errors, []);
      assert.deepEqual(
        registered(run),
        expectedRunner({
          component,
          issuerUrl: ISSUER,
          namespace: "pulumi",
          trustName,
          issuerName,
          issuerId,
          tokenType,
          owner,
          accessToken,
        }),
      );
    });
  }

  it("allows a custom role of an organization token", async () => {
    const run = await runProgram(() => void runner({ accessToken: { organization: { roleId: "role-1" } } }), cloud);
    const [definition] = only(run, "OidcPolicy").inputs.policies as Record<string, unknown>[];
    assert.deepEqual(definition, {
      decision: "allow",
      accessToken: { organization: { roleId: "role-1" } },
      rules: { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:deployer" },
    });
  });

  it("uses a given trust and makes none", async () => {
    const run = await runProgram(() => {
      const trust = new OidcTrustSetup("shared", {
        organization: "acme",
        kubernetes: { issuerUrl: ISSUER },
        apiUrl: API,
      });
      return { issuerId: runner({ trust }).issuerId };
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.outputs, { issuerId: "issuer-of-shared" });
    assert.deepEqual(listed(run), [
      "Job deployer",
      "ConfigMap pulumi-entrypoint",
      "ConfigMap pulumi-entrypoint-owner",
      "ServiceAccount deployer",
      "KubernetesOidcRunner deployer",
      "OidcTrustSetup shared",
      "OidcIssuer shared",
      "OidcPolicy deployer",
    ]);
  });

  it("refuses a trust for another issuer, and registers nothing that relies on it", async () => {
    const run = await runProgram(() => {
      const kubernetes = { issuerUrl: `${ISSUER}D` };
      return void runner({ trust: new OidcTrustSetup("other", { organization: "acme", kubernetes, apiUrl: API }) });
    }, cloud);
    assert.deepEqual(
      run.errors.map((error) => (error as { code?: string }).code),
      ["TRUST_FOR_OTHER_ISSUER"],
    );
    assert.deepEqual(listed(run), ["KubernetesOidcRunner deployer", "OidcTrustSetup other", "OidcIssuer other"]);
  });

  it("creates the namespace, under the restricted Pod Security standard, when asked", async () => {
    const run = await runProgram(() => ({ namespace: runner({ createNamespace: true }).namespace }), cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(only(run, "Namespace"), {
      type: "kubernetes:core/v1:Namespace",
      name: "pulumi",
      inputs: {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: {
          name: "pulumi",
          labels: {
            "app.kubernetes.io/name": "oidc-runner",
            "app.kubernetes.io/managed-by": "pulumi",
            "pod-security.kubernetes.io/enforce": "restricted",
          },
        },
      },
      dependencies: [],
    });
    const owner = configMap(run, "pulumi-entrypoint-owner");
    for (const object of [only(run, "ServiceAccount"), only(run, "Job"), owner]) {
      assert.ok(object.dependencies.includes("kubernetes:core/v1:Namespace pulumi"), object.type);
    }
    assert.deepEqual(run.outputs, { namespace: "pulumi" });
  });

  it("warns of the namespace `default`, and of no other", async () => {
    const warned = await runProgram(() => void runner({ namespace: undefined }), cloud);
    assert.equal(warned.log.length, 1);
    assert.match(warned.log[0] as string, /^NAMESPACE_DEFAULT: /);
    assert.equal((only(warned, "Job").inputs.metadata as { namespace: string }).namespace, "default");
  });

  it("uploads the keys of a cluster that Pulumi Cloud can't reach", async () => {
    const jwks = { keys: [{ kty: "EC", kid: "1", crv: "P-256", x: "x", y: "y" }] };
    const run = await runProgram(
      () => void runner({ cluster: { issuerUrl: "https://issuer.example.com", jwks } }),
      cloud,
    );
    assert.deepEqual(only(run, "OidcIssuer").inputs.jwks, jwks);
  });

  it("passes certificates to issuer, policy and pod", async () => {
    const run = await runProgram(() => void runner({ caCertificates: "PEM" }), cloud);
    assert.equal(only(run, "OidcIssuer").inputs.caCertificates, "PEM");
    assert.equal(only(run, "OidcPolicy").inputs.caCertificates, "PEM");
    assert.equal((configMap(run, "deployer").inputs.data as Record<string, string>)["ca.crt"], "PEM");
  });

  it("names Kubernetes objects validly after any resource name", async () => {
    const run = await runProgram(() => ({ subject: runner({}, "My Deployer").subject }), cloud);
    assert.deepEqual(run.outputs, { subject: "system:serviceaccount:pulumi:my-deployer-6140cb" });
  });

  it("takes everything from Outputs as well", async () => {
    const given = await runProgram(
      () =>
        void runner({
          organization: pulumi.output("acme"),
          namespace: Promise.resolve("pulumi"),
          serviceAccountName: pulumi.output("deployer"),
          accessToken: { organization: { admin: pulumi.output(false) }, expirationSeconds: pulumi.output(7200) },
          job: { backoffLimit: pulumi.output(0) },
          apiUrl: pulumi.output(API),
        }),
      cloud,
    );
    const plain = await runProgram(() => void runner(), cloud);
    assert.deepEqual(given.errors, []);
    // What is made for a namespace is named by who asks where its name is not known at once.
    const named = JSON.stringify(only(given, "Job").inputs).replace("deployer-entrypoint", "pulumi-entrypoint");
    assert.deepEqual(JSON.parse(named), only(plain, "Job").inputs);
    const { metadata, ...scripts } = configMap(given, "deployer-entrypoint").inputs;
    assert.deepEqual(scripts.data, configMap(plain, "pulumi-entrypoint").inputs.data);
    assert.equal((metadata as { namespace: string }).namespace, "pulumi");
  });
});
