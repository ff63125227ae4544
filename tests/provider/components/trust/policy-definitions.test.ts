import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner, type EksOidcRunnerArgs } from "../../../../provider/components/eks/eks-oidc-runner";
import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup, type OidcTrustSetupArgs } from "../../../../provider/components/trust/oidc-trust-setup";
import { OidcPolicy, type OidcPolicyArgs } from "../../../../provider/resources/oidc-policy";
import { OidcRunnerError } from "../../../../trust/errors";
import { type MockedRun, runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER, ROLE_ARN } from "../cloud";
import { only } from "../pick";

const TOKEN = { decision: "allow", accessToken: { organization: {} } } as const;
const ACCOUNT = { ...TOKEN, kubernetes: { namespace: "ci", serviceAccountName: "deployer" } };
const NO_AUDIENCE = { ...TOKEN, rules: { sub: "system:serviceaccount:ci:deployer" } };
const REPOSITORY = { ...TOKEN, githubActions: { repository: "acme/app", branch: "main" } };
const WAIVED = [{ name: "MUTABLE_GITHUB_NAME", reason: "nobody leaves" }] as const;

const policy = (args: Partial<OidcPolicyArgs>) =>
  runProgram(
    () =>
      void new OidcPolicy("ours", {
        ...{ organization: "acme", issuerId: "1", apiUrl: API, policies: [ACCOUNT] },
        ...args,
      }),
    cloud,
  );
const setup = (args: Partial<OidcTrustSetupArgs>) =>
  runProgram(
    () => void new OidcTrustSetup("prod", { organization: "acme", apiUrl: API, ...args } as OidcTrustSetupArgs),
    cloud,
  );
const codes = (run: MockedRun<unknown>) =>
  run.errors.map((error) => (error instanceof OidcRunnerError ? error.code : String(error)));
const pod = { ...TOKEN, rules: { aud: "a", sub: "b", '"kubernetes.io".namespace': "ci" } };
const unknownUrl = "https://gitlab.example.com";

describe("definitions of OidcPolicy and OidcTrustSetup", () => {
  it("goes to the provider as it was given: it compiles what is known by then", async () => {
    const run = await policy({ policies: [ACCOUNT, pulumi.output(ACCOUNT)], callerClaims: { sub: "me" } });
    assert.deepEqual([run.errors, run.log], [[], []]);
    const { policies, callerClaims } = only(run, "OidcPolicy").inputs;
    assert.deepEqual([policies, callerClaims], [[ACCOUNT, ACCOUNT], { sub: "me" }]);
  });

  const bad: [string, string, Partial<OidcPolicyArgs>][] = [
    ["what the linter calls an error", "POLICY_LINT", { policies: [ACCOUNT, NO_AUDIENCE] }],
    ["a claim that its issuer never sends", "POLICY_LINT", { policies: [pod], issuerKind: "githubActions" }],
    [
      "a subject that can't be",
      "NAMESPACE_INVALID",
      { policies: [{ ...TOKEN, kubernetes: { namespace: "*", serviceAccountName: "a" } }] },
    ],
    [
      "one bad definition beside an Output",
      "SUBJECT_INVALID",
      { policies: [pulumi.output(ACCOUNT), { ...TOKEN, custom: {} }] },
    ],
    ["a waiver without reason", "WAIVER_INVALID", { waive: [{ name: "BROAD_SUBJECT", reason: "" }] }],
    ["a caller given twice", "OPTION_CONFLICT", { callerClaims: { sub: "me" }, callerTokenFile: "token" }],
  ];
  for (const [what, code, args] of bad) {
    it(`refuses ${what} before anything is registered`, async () => {
      const run = await policy(args);
      assert.deepEqual(codes(run), [code]);
      assert.deepEqual(run.resources, []);
    });
  }

  it("lets a waived error pass, without a word", async () => {
    const waive = [{ name: "MISSING_AUDIENCE", reason: "the issuer signs for nobody else" }] as const;
    const run = await policy({ policies: [NO_AUDIENCE], waive: [...waive] });
    assert.deepEqual([run.errors, run.log, run.resources.length], [[], [], 1]);
    assert.deepEqual(only(run, "OidcPolicy").inputs.waive, waive);
  });

  it("warns once for each resource, of plain definitions as of Outputs, and not of what is waived", async () => {
    for (const definitions of [[REPOSITORY, REPOSITORY], pulumi.output([REPOSITORY, REPOSITORY])]) {
      const run = await policy({ policies: definitions });
      assert.deepEqual(run.errors, []);
      assert.equal(run.log.length, 1);
      assert.match(
        run.log[0] ?? "",
        /^MUTABLE_GITHUB_NAME at policies\[0\]\.rules\.sub: .+\. Fix: .+; MUTABLE_GITHUB_NAME at policies\[1\]\./,
      );
      assert.deepEqual((await policy({ policies: definitions, waive: [...WAIVED] })).log, []);
    }
  });

  it("leaves what an Output turns out to be to the provider's check, and adds no warning to that", async () => {
    const run = await policy({ policies: pulumi.output([NO_AUDIENCE, REPOSITORY]) });
    assert.deepEqual([run.errors, run.log, run.resources.length], [[], [], 1]);
  });

  it("of a trust know whose tokens they are about", async () => {
    const gitlab = "https://gitlab.com";
    for (const [issuer, kind] of [
      [{ eks: { issuerUrl: "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC" } }, "eks"],
      [{ kubernetes: { issuerUrl: "https://k.example.com" } }, "kubernetes"],
      [{ gke: { project: "acme-prod", location: "europe-west1", name: "prod" } }, "gke"],
      [{ custom: { issuerUrl: gitlab } }, "gitlab"],
      [{ custom: { issuerUrl: pulumi.output(gitlab) } }, "gitlab"],
      [{ custom: { issuerUrl: unknownUrl } }, undefined],
      [{ custom: { issuerUrl: pulumi.output(unknownUrl) } }, undefined],
    ] as const) {
      const run = await setup({ ...issuer, policies: [{ ...TOKEN, rules: { aud: "a", sub: "project_path:b/c:x" } }] });
      assert.deepEqual(run.errors, []);
      assert.equal(only(run, "OidcPolicy").inputs.issuerKind, kind);
    }
    const refused = await setup({ custom: { issuerUrl: gitlab }, policies: [pod] });
    assert.deepEqual([codes(refused), refused.resources], [["POLICY_LINT"], []]);
    assert.deepEqual((await setup({ custom: { issuerUrl: unknownUrl }, policies: [pod] })).errors, []);
  });

  it("of a trust take its waivers and its caller", async () => {
    const given = { policies: [REPOSITORY], waive: [...WAIVED], callerTokenFile: "/run/token" };
    const run = await setup({ custom: { issuerUrl: unknownUrl }, ...given });
    assert.deepEqual([run.errors, run.log], [[], []]);
    const { waive, callerTokenFile } = only(run, "OidcPolicy").inputs;
    assert.deepEqual([waive, callerTokenFile], [WAIVED, "/run/token"]);
    assert.equal((await setup({ custom: { issuerUrl: unknownUrl }, policies: [REPOSITORY] })).log.length, 1);
  });

  const runner = (args: Partial<KubernetesOidcRunnerArgs> = {}) =>
    runProgram(
      () =>
        void new KubernetesOidcRunner("deployer", {
          ...{ organization: "acme", accessToken: { organization: {} }, namespace: "ci", apiUrl: API },
          ...{ cluster: { issuerUrl: "https://k.example.com" }, ...args },
        }),
      cloud,
    );

  it("of a trust or a runner are taken over only when that is asked for, and not because the issuer is", async () => {
    const adopts = (run: MockedRun<unknown>) => only(run, "OidcPolicy").inputs.adopt ?? false;
    const trust = { custom: { issuerUrl: unknownUrl }, policies: [{ ...TOKEN, rules: { aud: "a", sub: "b" } }] };
    assert.equal(adopts(await setup({ ...trust, adoptPolicies: true })), true);
    assert.equal(adopts(await setup({ ...trust, adopt: true })), false);
    assert.equal(adopts(await runner({ adoptPolicies: true })), true);
    assert.equal(adopts(await runner()), false);
  });

  it("of a runner are clean, but for the audience that AWS prescribes, which can be waived", async () => {
    const clean = await runner();
    assert.deepEqual([clean.errors, clean.log], [[], []]);
    const exchanging = (args: Partial<EksOidcRunnerArgs> = {}) =>
      runProgram(
        () =>
          void new EksOidcRunner("deployer", {
            ...{ organization: "acme", accessToken: { organization: {} }, namespace: "ci", apiUrl: API },
            ...{ cluster: { issuerUrl: ISSUER }, aws: { roleArn: ROLE_ARN }, exchangeAwsToken: true, ...args },
          }),
        cloud,
      );
    const dotted = await exchanging();
    assert.deepEqual([dotted.errors, dotted.log.length], [[], 1]);
    assert.match(dotted.log[0] ?? "", /^LITERAL_DOT_MATCHES_ANY at policies\[0\]\.rules\.aud: /);
    const waive = [{ name: "LITERAL_DOT_MATCHES_ANY", reason: "AWS's own" }] as const;
    const waived = await exchanging({ waive: [...waive] });
    assert.deepEqual([waived.errors, waived.log], [[], []]);
    const refused = await runner({ waive: [{ name: "LITERAL_DOT_MATCHES_ANY", reason: " " }] });
    assert.deepEqual([codes(refused), refused.resources], [["WAIVER_INVALID"], []]);
  });
});
