import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner } from "../../../../provider/components/eks/eks-oidc-runner";
import { GkeOidcRunner } from "../../../../provider/components/gke/gke-oidc-runner";
import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import * as entrypoint from "../../../../provider/workload/entrypoint";
import { RUN_INPUTS_ANNOTATION } from "../../../../provider/workload/kinds/run-again";
import * as pod from "../../../../provider/workload/pod/template";
import { type MockedRun, runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../cloud";
import { only } from "../pick";
import { ofNamespace } from "../trust/shared";

type Args = Partial<KubernetesOidcRunnerArgs>;

const BASE: KubernetesOidcRunnerArgs = {
  ...{ organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API },
  cluster: { issuerUrl: ISSUER },
};

/** Every argument: changes that run a finished Job again, and changes that do not. */
const TABLE: Record<keyof KubernetesOidcRunnerArgs, { again?: Args[]; not?: Args[]; base?: Args }> = {
  organization: { again: [{ organization: "other" }] },
  accessToken: {
    again: [
      { accessToken: { team: { name: "platform" } } },
      { accessToken: { personal: { user: "a" } } },
      { accessToken: { runner: { pool: "a" } } },
      { accessToken: { organization: { roleId: "role-7" } } },
      { accessToken: { organization: { admin: true } } },
    ],
    not: [
      { accessToken: { organization: { admin: false } } },
      { accessToken: { organization: {}, expirationSeconds: 900 } },
    ],
  },
  cluster: { again: [{ cluster: { issuerUrl: `${ISSUER}D` } }] },
  namespace: { again: [{ namespace: "elsewhere" }] },
  serviceAccountName: { again: [{ serviceAccountName: "trusted" }], not: [{ serviceAccountName: "deployer" }] },
  apiUrl: { again: [{ apiUrl: "https://pulumi.example.com" }] },
  image: { again: [{ image: "registry.example.com/runner:1" }, { image: pod.DEFAULT_IMAGE }] },
  command: { again: [{ command: ["pulumi", "env", "ls"] }] },
  script: { again: [{ script: "true\n" }] },
  env: { again: [{ env: { LOG_LEVEL: "debug" } }], not: [{ env: {} }] },
  secretEnv: { again: [{ secretEnv: { A: { name: "database", key: "url" } } }], not: [{ secretEnv: {} }] },
  podTemplate: {
    again: [{ podTemplate: { spec: { initContainers: [{ name: "clone", image: "git" }] } } }],
    not: [
      ...[{ podTemplate: {} }, { podTemplate: { spec: {} } }],
      { podTemplate: { metadata: { labels: { tier: "batch" }, annotations: { "example.com/owner": "web" } } } },
    ],
  },
  triggers: { again: [{ triggers: ["1"] }, { triggers: [""] }], not: [{ triggers: [] }] },
  trust: { not: [{ trust: "shared" as never }] },
  createPolicy: { not: [{ trust: "shared" as never, createPolicy: false }] },
  waive: { not: [{ waive: [{ name: "BROAD_SUBJECT", reason: "meant" }] }] },
  adoptPolicies: { not: [{ adoptPolicies: true }] },
  createNamespace: { not: [{ createNamespace: true }] },
  createServiceAccount: { not: [{ createServiceAccount: false, serviceAccountName: "deployer" }] },
  job: { not: [{ job: { activeDeadlineSeconds: 60, backoffLimit: 2, ttlSecondsAfterFinished: 60 } }] },
  resources: { not: [{ resources: { requests: { cpu: "1" } } }] },
  nodeSelector: { not: [{ nodeSelector: { disk: "ssd" } }] },
  tolerations: { not: [{ tolerations: [{ operator: "Exists" }] }] },
  labels: { not: [{ labels: { team: "web" } }] },
  caCertificates: { not: [{ caCertificates: "A" }] },
  // Other kinds of workloads are changed in place.
  ...{ cronJob: {}, deployment: {}, agent: {} },
};

async function run(args: Args): Promise<MockedRun<unknown>> {
  const result = await runProgram(() => {
    const kubernetes = { issuerUrl: ISSUER };
    const shared = { organization: "acme", kubernetes, apiUrl: API, policies: [ofNamespace("pulumi")] };
    const trust = args.trust === undefined ? {} : { trust: new OidcTrustSetup("shared", shared) };
    return void new KubernetesOidcRunner("deployer", { ...BASE, ...args, ...trust });
  }, cloud);
  assert.deepEqual(result.errors, []);
  return result;
}

function digestOf(result: MockedRun<unknown>): string {
  const { annotations } = only(result, "Job").inputs.metadata as { annotations: Record<string, string> };
  const digest = annotations[RUN_INPUTS_ANNOTATION] ?? "";
  assert.match(digest, /^[0-9a-f]{16}$/);
  return digest;
}

const digest = async (args: Args) => digestOf(await run(args));

describe("what runs a finished Job again", () => {
  for (const [argument, { base = {}, again = [], not = [] }] of Object.entries(TABLE)) {
    it(`is in the table for ${argument} [A13]`, async () => {
      const before = await digest(base);
      for (const args of again) assert.notEqual(await digest(args), before, `runs again: ${JSON.stringify(args)}`);
      for (const args of not) assert.equal(await digest(args), before, `does not: ${JSON.stringify(args)}`);
    });
  }

  it("is another team, user, role or pool of the same kind [A13]", async () => {
    for (const token of [
      (name: string) => ({ team: { name } }),
      (user: string) => ({ personal: { user } }),
      (pool: string) => ({ runner: { pool } }),
      (roleId: string) => ({ organization: { roleId } }),
    ]) {
      assert.notEqual(await digest({ accessToken: token("a") }), await digest({ accessToken: token("b") }));
    }
  });

  it("is a change of the digest, and not of the spec [A13]", async () => {
    const options = (await run({})).engineOptions.get("kubernetes:batch/v1:Job deployer");
    assert.deepEqual(options?.ignoreChanges, ["spec"]);
    assert.deepEqual(options?.replaceOnChanges, ['metadata.annotations["pulumi-oidc-runner/run-inputs"]']);
  });

  it("is no other version of this package [A13]", async () => {
    const before = await run({ script: "true\n", env: { A: "1", B: "2" } });
    const { entrypointScripts } = entrypoint;
    const { DEFAULT_IMAGE } = pod;
    try {
      Object.assign(entrypoint, { entrypointScripts: () => ({ ...entrypointScripts(), "renew.sh": "# better" }) });
      Object.assign(pod, { DEFAULT_IMAGE: "pulumi/pulumi:4.0.0-nonroot" });
      const after = await run({ script: "true\n", env: { B: "2", A: "1" } });
      // What it would be by itself: another Job.
      assert.notDeepEqual(only(after, "Job").inputs.spec, only(before, "Job").inputs.spec);
      assert.equal(digestOf(after), digestOf(before));
    } finally {
      Object.assign(entrypoint, { entrypointScripts });
      Object.assign(pod, { DEFAULT_IMAGE });
    }
  });

  it("is told by a digest that earlier versions wrote: a change here runs every Job of every stack again", async () => {
    assert.equal(await digest({}), "224d401c401f4e86");
    const full: Args = {
      ...{ image: "i", script: "s", env: { A: "1" }, secretEnv: { B: { name: "n", key: "k" } }, triggers: ["t"] },
      ...{ podTemplate: { spec: { priorityClassName: "high" } }, accessToken: { organization: { roleId: "r" } } },
    };
    assert.equal(await digest(full), "41e0366f6344b6a8");
  });

  it("is who the pod is at its cloud [A13]", async () => {
    const eks = (aws: object) => () =>
      void new EksOidcRunner("deployer", { ...BASE, cluster: { name: "prod" }, aws } as never);
    const gke = (gcp: object) => () => {
      const cluster = { project: "acme-prod", location: "europe-west1", name: "prod" };
      return void new GkeOidcRunner("deployer", { ...BASE, cluster, gcp } as never);
    };
    const role = (name: string) => pulumi.output(`arn:aws:iam::123456789012:role/${name}`);
    const email = (name: string) => ({ serviceAccountEmail: `${name}@acme-prod.iam.gserviceaccount.com` });
    for (const [one, other, same] of [
      [eks({ roleArn: role("a") }), eks({ roleArn: role("b") }), eks({ roleArn: role("a"), region: "eu-west-2" })],
      [
        eks({ podIdentity: { roleArn: role("a") } }),
        eks({ podIdentity: { roleArn: role("b") } }),
        eks({ podIdentity: { roleArn: role("a") }, tokenExpirationSeconds: 900 }),
      ],
      [gke(email("a-account")), gke(email("b-account")), gke(email("a-account"))],
    ] as const) {
      const first = digestOf(await runProgram(one, cloud));
      assert.notEqual(digestOf(await runProgram(other, cloud)), first);
      assert.equal(digestOf(await runProgram(same, cloud)), first);
    }
  });
});
