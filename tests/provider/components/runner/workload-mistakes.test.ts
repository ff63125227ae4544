import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner } from "../../../../provider/components/eks/eks-oidc-runner";
import { GkeOidcRunner } from "../../../../provider/components/gke/gke-oidc-runner";
import { KubernetesOidcRunner } from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { assertUserError } from "../../../helpers/refused";
import { API, cloud, ISSUER, ROLE_ARN } from "../cloud";
import { listed } from "../pick";

type Arguments = Record<string, unknown>;
type Constructor = new (name: string, args: never) => unknown;

const RUNNER = { organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API };
const GOOD = { ...RUNNER, cluster: { issuerUrl: ISSUER } };
const AGENT = { ...GOOD, accessToken: { runner: { pool: "pool-1" } }, agent: {} };
const token = (admin: pulumi.Input<boolean>) => ({ accessToken: { organization: { admin, roleId: "r" } } });
const EMAIL = "runner@acme-prod.iam.gserviceaccount.com";
const GKE = { cluster: { project: "acme-prod", location: "europe-west1", name: "prod" } };
const SHARED = "https://kubernetes.default.svc.cluster.local";
const GKE_ISSUER = "https://container.googleapis.com/v1/projects/acme/locations/europe-west1/clusters/prod";
const DAILY = { schedule: "@daily" };
const run = (program: () => unknown) => runProgram(() => void program(), cloud);
const make = (args: Arguments, Component: Constructor = KubernetesOidcRunner) =>
  run(() => new Component("deployer", args as never));

/** What is wrong, its code, bad arguments, their near miss, and good ones they are added to. */
type Mistake = [string, string, Arguments, Arguments, Arguments?, Constructor?];

const MISTAKES: Mistake[] = [
  ["two workloads", "OPTION_CONFLICT", { job: {}, cronJob: DAILY }, { cronJob: DAILY }],
  ["a service and an agent", "OPTION_CONFLICT", { deployment: {} }, { deployment: undefined }, AGENT],
  ["no schedule", "OPTION_MISSING", { cronJob: {} }, { cronJob: DAILY }],
  ["a bad schedule", "CRON_JOB_INVALID", { cronJob: { schedule: "daily" } }, { cronJob: DAILY }],
  [
    "a bad setting beside one that is not known",
    "CRON_JOB_INVALID",
    { cronJob: { schedule: pulumi.output("@daily"), backoffLimit: -1 } },
    { cronJob: { schedule: pulumi.output("@daily"), backoffLimit: 1 } },
  ],
  [
    "a service of half a pod",
    "DEPLOYMENT_INVALID",
    { script: "serve", deployment: { replicas: 0.5 } },
    { script: "serve", deployment: { replicas: 0 } },
  ],
  ["a Job kept for less than nothing", "JOB_INVALID", { job: { ttlSecondsAfterFinished: -1 } }, { job: {} }],
  ["an agent with an organization's token", "AGENT_INVALID", { accessToken: { organization: {} } }, {}, AGENT],
  [
    "an agent without a pool",
    "TOKEN_OWNER_MISSING",
    { accessToken: { runner: {} } },
    { accessToken: { runner: { pool: "p" } } },
    AGENT,
  ],
  ["an agent with a script", "OPTION_CONFLICT", { script: "true" }, { command: ["agent"] }, AGENT],
  [
    "an agent that does nothing",
    "AGENT_INVALID",
    { agent: { enabledWorkflowTypes: [] } },
    { agent: { enabledWorkflowTypes: ["deployment"] } },
    AGENT,
  ],
  ["an agent with an AWS role", "OPTION_CONFLICT", { aws: { roleArn: ROLE_ARN } }, {}, AGENT, EksOidcRunner],
  [
    "an agent with a Google account",
    "OPTION_CONFLICT",
    { gcp: { serviceAccountEmail: EMAIL } },
    {},
    { ...AGENT, ...GKE },
    GkeOidcRunner,
  ],
  [
    "an existing ServiceAccount without name",
    "OPTION_MISSING",
    { createServiceAccount: false },
    { createServiceAccount: true },
  ],
  ["a label of the runner's", "LABEL_INVALID", { labels: { "app.kubernetes.io/name": "x" } }, { labels: { a: "x" } }],
  [
    "a secret under a name of the runner's",
    "ENV_RESERVED",
    { secretEnv: { OIDC_RUNNER_TOKEN_FILE: { name: "s", key: "k" } } },
    { secretEnv: { TOKEN_FILE: { name: "s", key: "k" } } },
  ],
  [
    "a stored token from a Secret",
    "ENV_STORED_TOKEN",
    { secretEnv: { PULUMI_ACCESS_TOKEN: pulumi.output({ name: "s", key: "k" }) } },
    { secretEnv: { ACCESS_TOKEN: pulumi.output({ name: "s", key: "k" }) } },
  ],
  ["an agent's stored token", "ENV_STORED_TOKEN", { env: { PULUMI_AGENT_TOKEN: "x" } }, { env: { TOKEN: "x" } }],
  [
    "one variable twice",
    "ENV_TWICE",
    { env: { A: "1" }, secretEnv: { A: { name: "s", key: "k" } } },
    { env: { B: "1" }, secretEnv: { A: { name: "s", key: "k" } } },
  ],
  [
    "a template with another ServiceAccount",
    "POD_TEMPLATE_TRUST",
    { podTemplate: { spec: { serviceAccountName: "other" } } },
    { podTemplate: { spec: { serviceAccountName: "deployer" } } },
  ],
  [
    "a template with a nameless container",
    "POD_TEMPLATE_INVALID",
    { podTemplate: { spec: { containers: [{}] } } },
    { podTemplate: { spec: { containers: [{ name: "x" }] } } },
  ],
  ["no cluster", "OPTION_MISSING", { cluster: undefined }, { cluster: { issuerUrl: "https://plant-7.example.com" } }],
  [
    "a cluster without its issuer",
    "OPTION_MISSING",
    { cluster: {} },
    { cluster: { issuerUrl: "https://plant-7.example.com" } },
  ],
  [
    "the issuer of a GKE cluster with a final slash",
    "ISSUER_URL_INVALID",
    { cluster: { issuerUrl: `${GKE_ISSUER}/` } },
    { cluster: { issuerUrl: GKE_ISSUER } },
  ],
  ["a command as one text", "ARGUMENT_INVALID", { command: "pulumi up" }, { command: ["pulumi", "up"] }],
  [
    "a deployment that only says who it is",
    "DEPLOYMENT_INVALID",
    { deployment: {} },
    { deployment: {}, script: "exec serve" },
  ],
  [
    "a deployment that runs one update",
    "DEPLOYMENT_INVALID",
    { deployment: {}, command: ["/usr/bin/pulumi", "up", "--yes"] },
    { deployment: {}, command: ["pulumi", "watch"] },
  ],
  [
    "a privileged container in a namespace that is restricted",
    "POD_SECURITY_RESTRICTED",
    {
      createNamespace: true,
      podTemplate: { spec: { containers: [{ name: "runner", securityContext: { privileged: true } }] } },
    },
    {
      createNamespace: false,
      podTemplate: { spec: { containers: [{ name: "runner", securityContext: { privileged: true } }] } },
    },
  ],
  ["an administrator with a role", "TOKEN_ADMIN_INVALID", token(true), token(false)],
  [
    "the issuer of all clusters",
    "ISSUER_URL_SHARED",
    { cluster: { issuerUrl: SHARED, jwksFromCluster: {} } },
    { cluster: { issuerUrl: "https://plant-7.example.com", jwksFromCluster: {} } },
  ],
  [
    "a trust in the issuer of all clusters",
    "ISSUER_URL_SHARED",
    { kubernetes: { issuerUrl: SHARED } },
    { kubernetes: { issuerUrl: "https://plant-7.example.com" } },
    { organization: "acme", apiUrl: API },
    OidcTrustSetup as Constructor,
  ],
];

describe("mistakes in a workload are refused before anything is registered", () => {
  for (const [what, code, bad, nearMiss, good = GOOD, Component] of MISTAKES) {
    it(`${what} (${code})`, async () => {
      const refused = await make({ ...good, ...bad }, Component);
      assert.deepEqual(refused.resources, []);
      assert.equal(refused.errors.length, 1);
      assertUserError(refused.errors[0], code);
      const accepted = await make({ ...good, ...nearMiss }, Component);
      assert.deepEqual(accepted.errors, []);
      assert.notDeepEqual(accepted.resources, []);
    });
  }
});

const out = <T>(value: T) => pulumi.output(value);

const LATE: Mistake[] = [
  ["a schedule", "CRON_JOB_INVALID", { cronJob: { schedule: out("daily") } }, { cronJob: { schedule: out("@daily") } }],
  [
    "a service",
    "DEPLOYMENT_INVALID",
    { script: "serve", deployment: { replicas: out(-1) } },
    { script: "serve", deployment: { replicas: out(1) } },
  ],
  ["labels", "LABEL_INVALID", { labels: out({ "": "x" }) }, { labels: out({ x: "" }) }],
  [
    "an administrator's token",
    "TOKEN_ADMIN_INVALID",
    token(out(true)),
    { accessToken: { organization: { admin: out(true) } } },
  ],
  [
    "an agent's pool",
    "TOKEN_OWNER_WILDCARD",
    { accessToken: { runner: { pool: out("*") } } },
    { accessToken: { runner: { pool: out("p") } } },
    AGENT,
  ],
  [
    "the issuer of all clusters",
    "ISSUER_URL_SHARED",
    { cluster: { issuerUrl: out(SHARED) } },
    { cluster: { issuerUrl: out(ISSUER) } },
  ],
];

describe("a workload that turns out bad leaves nothing in the cluster", () => {
  for (const [what, code, bad, nearMiss, good = GOOD] of LATE) {
    it(`${what} (${code})`, async () => {
      const refused = await make({ ...good, ...bad });
      const kinds = listed(refused).map((line) => line.split(" ")[0]);
      assert.deepEqual(kinds, ["KubernetesOidcRunner", "OidcTrustSetup"]);
      assert.deepEqual(
        refused.errors.map((error) => (error as { code?: string }).code),
        [code],
      );
      const accepted = await make({ ...good, ...nearMiss });
      assert.deepEqual(accepted.errors, []);
    });
  }

  it("nor does a trust in what turns out to be the issuer of all clusters register it", async () => {
    const trust = (url: string) =>
      make({ organization: "acme", apiUrl: API, kubernetes: { issuerUrl: out(url) } }, OidcTrustSetup);
    const refused = await trust(SHARED);
    assertUserError(refused.errors[0], "ISSUER_URL_SHARED", "kubernetes.issuerUrl");
    assert.deepEqual(listed(refused), ["OidcTrustSetup deployer"]);
    assert.deepEqual(listed(await trust("https://plant-7.example.com")), [
      "OidcTrustSetup deployer",
      "OidcIssuer deployer",
    ]);
  });
});
