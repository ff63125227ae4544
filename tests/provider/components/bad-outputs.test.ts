import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner } from "../../../provider/components/eks/eks-oidc-runner";
import { GkeOidcRunner } from "../../../provider/components/gke/gke-oidc-runner";
import { KubernetesOidcRunner } from "../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcRunnerError } from "../../../trust/errors";
import { runProgram } from "../../helpers/pulumi-mocks";
import { API, cloud, ISSUER, PROVIDER_ARN, ROLE_ARN } from "./cloud";
import { listed } from "./pick";

type Arguments = Record<string, unknown>;
type Constructor = new (name: string, args: never) => unknown;

const out = <T>(value: T) => pulumi.output(value);
const later = async <T>(value: T) => value;

const team = (name: pulumi.Output<string>) => ({ accessToken: { team: { name } } });
const life = (expirationSeconds: pulumi.Output<number>) => ({ accessToken: { organization: {}, expirationSeconds } });
const RUNNER = { organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API };
const GKE = { project: "acme-prod", location: "europe-west1", name: "prod" };
const ROLE = { cluster: { issuerUrl: ISSUER, oidcProviderArn: PROVIDER_ARN }, aws: { role: {} } };
const SECRET = { name: "database", key: "url" };
const KEY = { kty: "EC", crv: "P-256", x: "x", y: "y", kid: "1" };
const EMAIL = "runner@acme-prod.iam.gserviceaccount.com";

/** Component, good arguments, and for each mistake: code, bad arguments, their good neighbour. */
const CASES: [Constructor, Arguments, [string, string, Arguments, Arguments][]][] = [
  [
    KubernetesOidcRunner,
    { ...RUNNER, cluster: { issuerUrl: ISSUER }, createNamespace: true },
    [
      ["organization", "ORGANIZATION_EMPTY", { organization: out("") }, { organization: out("a") }],
      ["a promised organization", "ORGANIZATION_EMPTY", { organization: later("") }, { organization: later("a") }],
      [
        "issuerUrl",
        "ISSUER_URL_INVALID",
        { cluster: { issuerUrl: out("http://x") } },
        { cluster: { issuerUrl: out("https://x") } },
      ],
      ["namespace", "NAMESPACE_INVALID", { namespace: out("a/b") }, { namespace: out("a-b") }],
      [
        "serviceAccountName",
        "SERVICE_ACCOUNT_NAME_INVALID",
        { serviceAccountName: out("*") },
        { serviceAccountName: out("a") },
      ],
      ["expirationSeconds", "EXPIRATION_INVALID", life(out(4)), life(out(5))],
      ["team", "TOKEN_OWNER_MISSING", team(out("")), team(out("a"))],
      ["job", "JOB_INVALID", { job: out({ backoffLimit: -1 }) }, { job: out({ backoffLimit: 1 }) }],
      [
        "a setting of job",
        "JOB_INVALID",
        { job: { activeDeadlineSeconds: out(0) } },
        { job: { activeDeadlineSeconds: out(1) } },
      ],
      ["apiUrl", "API_URL_INVALID", { apiUrl: out("api.pulumi.com") }, { apiUrl: out(API) }],
      ["command", "COMMAND_EMPTY", { command: out([]) }, { command: out(["true"]) }],
      ["script", "COMMAND_EMPTY", { script: out(" ") }, { script: out("true") }],
      ["env", "ENV_RESERVED", { env: out({ PULUMI_BACKEND_URL: "x" }) }, { env: out({ BACKEND_URL: "x" }) }],
      [
        "secretEnv",
        "ENV_STORED_TOKEN",
        { secretEnv: out({ PULUMI_ACCESS_TOKEN: SECRET }) },
        { secretEnv: out({ ACCESS_TOKEN: SECRET }) },
      ],
      ["a variable of both", "ENV_TWICE", { env: out({ A: "x" }), secretEnv: { A: SECRET } }, { env: out({ A: "x" }) }],
      ["labels", "LABEL_INVALID", { labels: out({ team: "a b" }) }, { labels: out({ team: "a-b" }) }],
      ["a label", "LABEL_INVALID", { labels: { team: out("a b") } }, { labels: { team: out("a-b") } }],
      [
        "podTemplate",
        "POD_TEMPLATE_TRUST",
        { podTemplate: out({ spec: { serviceAccountName: "other" } }) },
        { podTemplate: out({ spec: { serviceAccountName: "deployer" } }) },
      ],
      [
        "a label of podTemplate",
        "LABEL_INVALID",
        { podTemplate: { metadata: { labels: { team: out("a b") } } } },
        { podTemplate: { metadata: { labels: { team: out("a-b") } } } },
      ],
      [
        "waive",
        "WAIVER_INVALID",
        { waive: out([{ name: "BROAD_SUBJECT", reason: "" }]) },
        { waive: out([{ name: "BROAD_SUBJECT", reason: "meant" }]) },
      ],
      [
        "jwks",
        "JWKS_INVALID",
        { cluster: { issuerUrl: "https://k.example.com", jwks: out({ keys: [] }) } },
        { cluster: { issuerUrl: "https://k.example.com", jwks: out({ keys: [KEY] }) } },
      ],
      [
        "cronJob",
        "CRON_JOB_INVALID",
        { cronJob: { schedule: "@daily", timeZone: out("local") } },
        { job: {}, triggers: out(["1"]) },
      ],
    ],
  ],
  [
    EksOidcRunner,
    { ...RUNNER, ...ROLE, createNamespace: true },
    [
      ["organization", "ORGANIZATION_EMPTY", { organization: out("") }, { organization: out("a") }],
      ["namespace", "NAMESPACE_INVALID", { namespace: out("") }, { namespace: out("a") }],
      [
        "the ARN of another cluster's provider",
        "OIDC_PROVIDER_MISMATCH",
        { cluster: { issuerUrl: ISSUER, oidcProviderArn: out(`${PROVIDER_ARN}D`) } },
        { cluster: { issuerUrl: ISSUER, oidcProviderArn: out(PROVIDER_ARN) } },
      ],
      [
        "roleArn",
        "ROLE_ARN_INVALID",
        { cluster: { issuerUrl: ISSUER }, aws: { roleArn: out("") } },
        { cluster: { issuerUrl: ISSUER }, aws: { roleArn: out(ROLE_ARN) } },
      ],
      ["region, beside a role that is to be made", "REGION_INVALID", { aws: { role: {}, region: out("x") } }, {}],
      [
        "a template over the role's token",
        "POD_TEMPLATE_TRUST",
        { podTemplate: out({ spec: { volumes: [{ name: "aws-iam-token", emptyDir: {} }] } }) },
        { podTemplate: out({ spec: { volumes: [{ name: "my-token", emptyDir: {} }] } }) },
      ],
    ],
  ],
  [
    GkeOidcRunner,
    { ...RUNNER, cluster: GKE, gcp: { serviceAccount: { accountId: "my-account" } }, createNamespace: true },
    [
      ["organization", "ORGANIZATION_EMPTY", { organization: out("") }, { organization: out("a") }],
      ["namespace", "NAMESPACE_INVALID", { namespace: out("") }, { namespace: out("a") }],
      [
        "project",
        "GKE_CLUSTER_INVALID",
        { cluster: { ...GKE, project: out("A") } },
        { cluster: { ...GKE, project: out("acme-2") } },
      ],
      [
        "serviceAccountEmail",
        "GOOGLE_EMAIL_INVALID",
        { gcp: { serviceAccountEmail: out("me@example.com") } },
        { gcp: { serviceAccountEmail: out(EMAIL) } },
      ],
      [
        "account id",
        "GOOGLE_ACCOUNT_INVALID",
        { gcp: { serviceAccount: { accountId: out("abcde") } } },
        { gcp: { serviceAccount: { accountId: out("abcdef") } } },
      ],
      [
        "the account's project",
        "GOOGLE_PROJECT_INVALID",
        { gcp: { serviceAccount: { project: out("123456789012") } } },
        { gcp: { serviceAccount: { project: out("acme-identities") } } },
      ],
      [
        "project number",
        "GOOGLE_PROJECT_NUMBER_INVALID",
        { gcp: { directPrincipal: { projectNumber: out("") } } },
        { gcp: { directPrincipal: { projectNumber: out("1") } } },
      ],
      [
        "a role of another project",
        "GOOGLE_ROLE_INVALID",
        {
          cluster: { ...GKE, project: out("acme-prod") },
          gcp: { serviceAccount: { projectRoles: ["projects/acme-dev/roles/mine"] } },
        },
        {
          cluster: { ...GKE, project: out("acme-dev") },
          gcp: { serviceAccount: { projectRoles: ["projects/acme-dev/roles/mine"] } },
        },
      ],
      [
        "waive",
        "WAIVER_INVALID",
        { gcp: { serviceAccount: {} }, waive: out([{ name: "IDENTITY_SAMENESS", reason: "" }]) },
        { gcp: { serviceAccount: {} }, waive: out([{ name: "IDENTITY_SAMENESS", reason: "one cluster" }]) },
      ],
    ],
  ],
];

describe("a value that turns out bad leaves nothing behind [A14]", () => {
  for (const [Component, good, mistakes] of CASES) {
    for (const [what, code, bad, neighbour] of mistakes) {
      it(`${Component.name}: ${what} (${code})`, async () => {
        const refused = await runProgram(() => void new Component("deployer", { ...good, ...bad } as never), cloud);
        const kinds = listed(refused).map((line) => line.split(" ")[0]);
        // The two components, which are nothing outside of the state.
        assert.deepEqual(kinds, [Component.name, "OidcTrustSetup"]);
        const codes = refused.errors.map((error) => (error instanceof OidcRunnerError ? error.code : error));
        assert.deepEqual(codes, [code]);

        const accepted = await runProgram(
          () => void new Component("deployer", { ...good, ...neighbour } as never),
          cloud,
        );
        assert.deepEqual(accepted.errors, []);
        assert.ok(listed(accepted).includes("Job deployer"));
      });
    }
  }
});
