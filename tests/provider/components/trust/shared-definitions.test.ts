import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner, type EksOidcRunnerArgs } from "../../../../provider/components/eks/eks-oidc-runner";
import { GkeOidcRunner } from "../../../../provider/components/gke/gke-oidc-runner";
import type { KubernetesOidcRunnerArgs } from "../../../../provider/components/runner/kubernetes-oidc-runner";
import type { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import type { PolicyDefinition } from "../../../../provider/resources/oidc-policy";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { assertUserError } from "../../../helpers/refused";
import { cloud, ISSUER, PROVIDER_ARN } from "../cloud";
import { expectedOf, listed, only } from "../pick";
import { BARE, COMMON, codes, ofNamespace, ofType, runner, shared } from "./shared";

const TRUST = "pulumi-nodejs:dynamic/oidc-runner:OidcPolicy shared";
const GKE = { project: "acme-prod", location: "europe-west1", name: "prod" };

describe("runners without definitions of their own", () => {
  it("make none, and their workloads wait for the trust's, however many they are", async () => {
    const names = Array.from({ length: 45 }, (_, index) => `runner-${index}`);
    const run = await runProgram(() => {
      const trust = shared();
      for (const name of names) {
        runner({ trust }, name);
      }
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(
      ofType(run, "OidcPolicy").map(({ name, inputs }) => [name, inputs.policies]),
      [["shared", [ofNamespace("ci")]]],
    );
    assert.equal(ofType(run, "OidcIssuer").length, 1);
    assert.equal(ofType(run, "Job").length, 45);
    for (const { dependencies, name } of ofType(run, "Job")) {
      assert.deepEqual(
        dependencies.filter((dependency) => !dependency.includes("OidcIssuer")),
        ["kubernetes:core/v1:ConfigMap ci-entrypoint", `kubernetes:core/v1:ServiceAccount ${name}`, TRUST],
      );
    }
  });

  it("take the trust as data: its output, or values from elsewhere", async () => {
    const values = { organization: "acme", issuerId: "issuer-1", issuerUrl: ISSUER };
    const policies = [ofNamespace("ci")];
    const output = await runProgram(() => runner({ trust: shared().trust }).issuerId, cloud);
    assert.deepEqual([output.errors, output.outputs], [[], "issuer-of-shared"]);
    assert.ok(only(output, "Job").dependencies.includes(TRUST));
    const plain = await runProgram(() => runner({ trust: { ...values, policies } }).issuerId, cloud);
    assert.deepEqual([plain.errors, plain.outputs], [[], "issuer-1"]);
    assert.deepEqual(ofType(plain, "OidcPolicy"), []);
    const none = await runProgram(() => void runner({ trust: pulumi.output(values) }), cloud);
    assert.deepEqual(codes(none), ["OPTION_MISSING"]);
    assert.deepEqual(listed(none), ["KubernetesOidcRunner deployer"]);
  });

  it("have one again when createPolicy is true or left out", async () => {
    for (const createPolicy of [true, undefined]) {
      const run = await runProgram(() => void runner({ trust: shared(), createPolicy }), cloud);
      assert.deepEqual(run.errors, []);
      const names = ofType(run, "OidcPolicy").map(({ name }) => name);
      assert.deepEqual(names, ["deployer", "shared"]);
      assert.ok(!only(run, "Job").dependencies.includes(TRUST));
    }
  });

  it("output the same, and compare a refused token with the definition that admits them", async () => {
    const run = await runProgram(() => {
      const trust = shared({ policies: [ofNamespace("web"), ofNamespace("ci")] });
      const { issuerId, audience, subject } = runner({ trust });
      return { issuerId, audience, subject };
    }, cloud);
    const audience = "urn:pulumi:org:acme";
    const subject = "system:serviceaccount:ci:deployer";
    assert.deepEqual(run.outputs, { issuerId: "issuer-of-shared", audience, subject });
    assert.equal(
      expectedOf(run),
      [
        ...[`iss=${ISSUER}`, `sub=${subject}`, `aud=${audience}`],
        ...[`rule=aud: ${audience}`, "rule=sub: system:serviceaccount:ci:*"],
      ].join("\n"),
    );
  });

  const others: [string, () => void, () => void][] = [
    [
      "EksOidcRunner with a role",
      () => void eks({ trust: shared(), aws: { role: {} } }),
      () => void eks({ trust: shared({ policies: [ofNamespace("web")] }), aws: { role: {} } }),
    ],
    [
      "EksOidcRunner that exchanges its token for AWS",
      () => void eks({ trust: shared({ policies: [ofNamespace("ci", "sts.amazonaws.com")] }), ...exchanging }),
      () => void eks({ trust: shared(), ...exchanging }),
    ],
    [
      "GkeOidcRunner with a service account",
      () => void gke(shared({ gke: GKE })),
      () => void gke(shared({ gke: GKE, policies: [ofNamespace("ci", "acme")] })),
    ],
    [
      "a CronJob",
      () => void runner({ trust: shared({ policies: [named("deployer-????????-????????-?????")] }), ...nightly }),
      () => void runner({ trust: shared({ policies: [named("nightly-*")] }), ...nightly }),
    ],
    [
      "a deployment agent",
      () => void runner({ trust: shared({ policies: [pool("pool-0")] }), ...agent }),
      () => void runner({ trust: shared({ policies: [pool("pool-1")] }), ...agent }),
    ],
  ];
  const nightly = { cronJob: { schedule: "@daily" } };
  const agent = { agent: {}, accessToken: { runner: { pool: "pool-0" } } } as const;
  const exchanging = { exchangeAwsToken: true, aws: { role: {} } };
  const pool = (id: string) => ({ ...ofNamespace("ci"), accessToken: { runner: { pool: id } } });
  const named = (name: string): PolicyDefinition => ({
    ...ofNamespace("ci"),
    rules: { ...(ofNamespace("ci").rules as object), '"kubernetes.io".pod.name': name },
  });
  function eks(args: Partial<EksOidcRunnerArgs>) {
    const cluster = { issuerUrl: ISSUER, oidcProviderArn: PROVIDER_ARN };
    return new EksOidcRunner("deployer", { ...COMMON, cluster, createPolicy: false, ...args });
  }
  function gke(trust: OidcTrustSetup) {
    const gcp = { serviceAccount: {} };
    return new GkeOidcRunner("deployer", { ...COMMON, cluster: GKE, trust, createPolicy: false, gcp });
  }
  for (const [what, good, bad] of others) {
    it(`may be ${what}; of a trust that does not admit it nothing is made`, async () => {
      const accepted = await runProgram(good, cloud);
      assert.deepEqual(accepted.errors, []);
      assert.deepEqual(
        ofType(accepted, "OidcPolicy").map(({ name }) => name),
        ["shared"],
      );
      const workloads = ["Job", "CronJob", "Deployment"].flatMap((kind) => ofType(accepted, kind));
      assert.equal(workloads.length, 1);
      assert.ok(workloads[0]?.dependencies.includes(TRUST));

      const refused = await runProgram(bad, cloud);
      assert.deepEqual(codes(refused), ["TRUST_DOES_NOT_ADMIT"]);
      assertUserError(refused.errors[0], "TRUST_DOES_NOT_ADMIT", "deployer.trust");
      assert.deepEqual(
        listed(refused).filter((line) => !line.includes("Runner")),
        BARE,
      );
    });
  }

  describe("are refused at once", () => {
    const bare = () => shared({ policies: undefined });
    const waive = [{ name: "BROAD_SUBJECT", reason: "a test" }] as const;
    const mistakes: [string, string, string, () => Partial<KubernetesOidcRunnerArgs>][] = [
      ["without a trust", "OPTION_MISSING", "deployer.trust", () => ({})],
      ["with a trust that has no policies", "OPTION_MISSING", "deployer.trust", () => ({ trust: bare() })],
      ["with waivers", "OPTION_CONFLICT", "deployer", () => ({ trust: shared(), waive: [...waive] })],
      ["with adoptPolicies", "OPTION_CONFLICT", "deployer", () => ({ trust: shared(), adoptPolicies: true })],
    ];
    for (const [what, code, where, args] of mistakes) {
      it(`${what} (${code})`, async () => {
        const run = await runProgram(() => void runner(args()), cloud);
        assertUserError(run.errors[0], code, where);
        assert.equal(run.errors.length, 1);
        assert.ok(!listed(run).some((line) => line.includes("deployer")));

        const own = await runProgram(() => void runner({ ...args(), createPolicy: undefined }), cloud);
        assert.deepEqual(own.errors, []);
      });
    }
  });
});
