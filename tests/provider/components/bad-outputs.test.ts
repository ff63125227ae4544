import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner } from "../../../provider/components/eks-oidc-runner";
import { GkeOidcRunner } from "../../../provider/components/gke-oidc-runner";
import { KubernetesOidcRunner } from "../../../provider/components/kubernetes-oidc-runner";
import { OidcRunnerError } from "../../../provider/errors";
import { runProgram } from "../../helpers/pulumi-mocks";
import { API, cloud, ISSUER, PROVIDER_ARN, ROLE_ARN } from "./cloud";
import { listed } from "./pick";

type Arguments = Record<string, unknown>;
type Constructor = new (name: string, args: never) => unknown;

const out = <T>(value: T) => pulumi.output(value);
const later = async <T>(value: T) => value;

const RUNNER = { organization: "acme", tokenType: "organization", namespace: "pulumi", apiUrl: API };
const GKE = { project: "acme-prod", location: "europe-west1", name: "prod" };
const ROLE = { cluster: { issuerUrl: ISSUER, oidcProviderArn: PROVIDER_ARN }, aws: { role: {} } };
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
      ["expirationSeconds", "EXPIRATION_INVALID", { expirationSeconds: out(4) }, { expirationSeconds: out(5) }],
      ["tokenType", "TOKEN_TYPE_INVALID", { tokenType: out("admin") }, { tokenType: out("organization") }],
      ["team", "TOKEN_OWNER_MISSING", { tokenType: "team", team: out("") }, { tokenType: "team", team: out("a") }],
      ["job", "JOB_INVALID", { job: out({ backoffLimit: -1 }) }, { job: out({ backoffLimit: 1 }) }],
      [
        "a setting of job",
        "JOB_INVALID",
        { job: { activeDeadlineSeconds: out(0) } },
        { job: { activeDeadlineSeconds: out(1) } },
      ],
      ["apiUrl", "API_URL_INVALID", { apiUrl: out("api.pulumi.com") }, { apiUrl: out(API) }],
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
    ],
  ],
  [
    GkeOidcRunner,
    { ...RUNNER, cluster: GKE, google: { serviceAccount: { accountId: "my-account" } }, createNamespace: true },
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
        { google: { serviceAccountEmail: out("me@example.com") } },
        { google: { serviceAccountEmail: out(EMAIL) } },
      ],
      [
        "account id",
        "GOOGLE_ACCOUNT_INVALID",
        { google: { serviceAccount: { accountId: out("abcde") } } },
        { google: { serviceAccount: { accountId: out("abcdef") } } },
      ],
      [
        "the account's project",
        "GOOGLE_PROJECT_INVALID",
        { google: { serviceAccount: { project: out("123456789012") } } },
        { google: { serviceAccount: { project: out("acme-identities") } } },
      ],
      [
        "project number",
        "GOOGLE_PROJECT_NUMBER_INVALID",
        { google: { directPrincipal: { projectNumber: out("") } } },
        { google: { directPrincipal: { projectNumber: out("1") } } },
      ],
      [
        "a role of another project",
        "GOOGLE_ROLE_INVALID",
        {
          cluster: { ...GKE, project: out("acme-prod") },
          google: { serviceAccount: { projectRoles: ["projects/acme-dev/roles/mine"] } },
        },
        {
          cluster: { ...GKE, project: out("acme-dev") },
          google: { serviceAccount: { projectRoles: ["projects/acme-dev/roles/mine"] } },
        },
      ],
      [
        "waive",
        "WAIVER_INVALID",
        { google: { serviceAccount: {}, waive: out([{ name: "IDENTITY_SAMENESS", reason: "" }]) } },
        { google: { serviceAccount: {}, waive: out([{ name: "IDENTITY_SAMENESS", reason: "one cluster" }]) } },
      ],
    ],
  ],
];

/** What a bad fact of the cloud identity leaves: it is no part of the trust in Pulumi Cloud. */
const BESIDE_THE_TRUST = [
  "OIDC_PROVIDER_MISMATCH",
  "ROLE_ARN_INVALID",
  "GOOGLE_ACCOUNT_INVALID",
  "GOOGLE_EMAIL_INVALID",
  "GOOGLE_PROJECT_INVALID",
  "GOOGLE_PROJECT_NUMBER_INVALID",
  "GOOGLE_ROLE_INVALID",
  "WAIVER_INVALID",
];

describe("a value that turns out bad leaves nothing behind", () => {
  for (const [Component, good, mistakes] of CASES) {
    for (const [what, code, bad, neighbour] of mistakes) {
      it(`${Component.name}: ${what} (${code})`, async () => {
        const refused = await runProgram(() => void new Component("deployer", { ...good, ...bad } as never), cloud);
        const kinds = listed(refused).map((line) => line.split(" ")[0]);
        const trust = ["OidcTrustSetup", ...(BESIDE_THE_TRUST.includes(code) ? ["OidcIssuer"] : [])];
        assert.deepEqual(kinds, [Component.name, ...trust]);
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

  it("an empty command keeps the Job from running", async () => {
    const args = { ...RUNNER, cluster: { issuerUrl: ISSUER } } as const;
    const program = (command: string[]) => () =>
      void new KubernetesOidcRunner("deployer", { ...args, tokenType: "organization", command: out(command) });
    const refused = await runProgram(program([]), cloud);
    assert.deepEqual(
      refused.errors.map((error) => (error as { code?: string }).code),
      ["COMMAND_EMPTY"],
    );
    assert.ok(!listed(refused).includes("Job deployer"));
    assert.ok(listed(await runProgram(program(["true"]), cloud)).includes("Job deployer"));
  });
});
