import assert from "node:assert/strict";
import { EksOidcRunner } from "../../../provider/components/eks/eks-oidc-runner";
import { GkeOidcRunner } from "../../../provider/components/gke/gke-oidc-runner";
import { KubernetesOidcRunner } from "../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup } from "../../../provider/components/trust/oidc-trust-setup";
import { OidcIssuer } from "../../../provider/resources/oidc-issuer";
import { OidcPolicy } from "../../../provider/resources/oidc-policy";
import { OidcRunnerError } from "../../../trust/errors";
import { runProgram } from "../../helpers/pulumi-mocks";
import { API, cloud, ISSUER, PROVIDER_ARN, ROLE_ARN } from "./cloud";

type Arguments = Record<string, unknown>;
type Constructor = new (name: string, args: never) => unknown;

const RUNNER = { organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API };
const life = (expirationSeconds: number) => ({ accessToken: { organization: {}, expirationSeconds } });
const team = { accessToken: { team: { name: "a" } } };
const GKE = { project: "acme-prod", location: "europe-west1", name: "prod" };
const PRIVATE = "https://plant-7.clusters.example.com";
const KEY = { kty: "OKP", kid: "1", crv: "Ed25519", x: "x" };
const JWKS = { keys: [KEY] };
/** Options of an issuer, with the near miss beside each; `of` puts them where a component takes them. */
const issuerMistakes = (of: (issuer: Arguments) => Arguments): [string, string, Arguments, Arguments][] => [
  ["a life of days", "EXPIRATION_INVALID", { maxExpirationSeconds: "1d" }, { maxExpirationSeconds: "24h" }],
  ["a SHA-1", "THUMBPRINT_INVALID", { thumbprints: ["ab".repeat(20)] }, { thumbprints: ["AB".repeat(32)] }],
  [
    "a new wish for given thumbprints",
    "OPTION_CONFLICT",
    { regenerateThumbprints: "1", thumbprints: ["ab".repeat(32)] },
    { regenerateThumbprints: "1" },
  ],
  ["a private key", "JWKS_PRIVATE", of({ jwks: { keys: [{ ...KEY, d: "d" }] } }), of({ jwks: JWKS })],
  [
    "two keys of one kid",
    "JWKS_INVALID",
    of({ jwks: { keys: [KEY, KEY] } }),
    of({ jwks: { keys: [KEY, { ...KEY, kid: "2" }] } }),
  ],
  ["keys from two places", "OPTION_CONFLICT", of({ jwks: JWKS, jwksFromCluster: {} }), of({ jwksFromCluster: {} })],
  [
    "keys of an EKS cluster",
    "JWKS_OF_ROTATING_ISSUER",
    of({ issuerUrl: ISSUER, jwks: JWKS }),
    of({ issuerUrl: ISSUER }),
  ],
  [
    "keys of an EKS cluster with IPv6 [A20]",
    "JWKS_OF_ROTATING_ISSUER",
    of({ issuerUrl: DUAL_STACK, jwks: JWKS }),
    of({ issuerUrl: "https://oidc-eks.eu-west-1.api.aws.example.com/id/ABC", jwks: JWKS }),
  ],
  [
    "the default issuer of clusters [A21]",
    "ISSUER_URL_SHARED",
    of({ issuerUrl: DEFAULT_ISSUER }),
    of({ issuerUrl: PRIVATE }),
  ],
];
const DEFAULT_ISSUER = "https://kubernetes.default.svc.cluster.local";
/** An EKS cluster's issuer with dual-stack endpoints. */
const DUAL_STACK = "https://oidc-eks.eu-west-1.api.aws/id/ABC";
const DEFINITION = {
  decision: "allow",
  accessToken: { organization: {} },
  rules: { aud: "urn:pulumi:org:acme", sub: "x" },
};

/** Component, its good arguments, and for each mistake: code, bad arguments, their good neighbour. */
const CASES: [Constructor, Arguments, [string, string, Arguments, Arguments][]][] = [
  [
    KubernetesOidcRunner,
    { ...RUNNER, cluster: { issuerUrl: ISSUER } },
    [
      ["an empty organization", "ORGANIZATION_EMPTY", { organization: "" }, { organization: "a" }],
      ["a URL as organization", "ORGANIZATION_INVALID", { organization: "https://a" }, { organization: "a-b" }],
      ["no organization", "ORGANIZATION_EMPTY", { organization: undefined }, { organization: "a" }],
      [
        "an issuer that is no https URL",
        "ISSUER_URL_INVALID",
        { cluster: { issuerUrl: "http://k.example.com" } },
        { cluster: { issuerUrl: "https://k.example.com" } },
      ],
      [
        "an issuer that is no URL",
        "ISSUER_URL_INVALID",
        { cluster: { issuerUrl: "k.example.com" } },
        { cluster: { issuerUrl: "https://k.example.com:6443/x" } },
      ],
      [
        "keys of an EKS cluster",
        "JWKS_OF_ROTATING_ISSUER",
        { cluster: { issuerUrl: ISSUER, jwks: JWKS } },
        { cluster: { issuerUrl: PRIVATE, jwks: JWKS } },
      ],
      [
        "the default issuer of clusters [A21]",
        "ISSUER_URL_SHARED",
        { cluster: { issuerUrl: DEFAULT_ISSUER } },
        { cluster: { issuerUrl: PRIVATE } },
      ],
      [
        "a private key",
        "JWKS_PRIVATE",
        { cluster: { issuerUrl: PRIVATE, jwks: { keys: [{ ...KEY, d: "d" }] } } },
        { cluster: { issuerUrl: PRIVATE, jwksFromCluster: { context: "kind" } } },
      ],
      ["both command and script", "OPTION_CONFLICT", { command: ["a"], script: "a" }, { script: "a" }],
      ["a command without a program", "COMMAND_EMPTY", { command: [] }, { command: ["true"] }],
      ["a script without text", "COMMAND_EMPTY", { script: " \n" }, { script: "true" }],
      ["a life that is too short", "EXPIRATION_INVALID", life(4), life(5)],
      ["a life in parts of seconds", "EXPIRATION_INVALID", life(60.5), life(60)],
      ["a namespace Kubernetes refuses", "NAMESPACE_INVALID", { namespace: "Pulumi" }, { namespace: "pulumi-2" }],
      [
        "the creation of no namespace",
        "NAMESPACE_INVALID",
        { namespace: undefined, createNamespace: true },
        { createNamespace: true },
      ],
      [
        "the creation of `default`",
        "NAMESPACE_INVALID",
        { namespace: "default", createNamespace: true },
        { namespace: "default", createNamespace: false },
      ],
      [
        "a ServiceAccount name with a dot",
        "SERVICE_ACCOUNT_NAME_INVALID",
        { serviceAccountName: "my.app" },
        { serviceAccountName: "my-app" },
      ],
      ["no access token", "OPTION_MISSING", { accessToken: {} }, { accessToken: { organization: {} } }],
      [
        "no word of an access token",
        "OPTION_MISSING",
        { accessToken: undefined },
        { accessToken: { organization: {} } },
      ],
      ["a team token without a team", "TOKEN_OWNER_MISSING", { accessToken: { team: {} } }, team],
      ["a team and a user", "OPTION_CONFLICT", { accessToken: { ...team.accessToken, personal: { user: "b" } } }, team],
      [
        "all users of a personal token",
        "TOKEN_OWNER_WILDCARD",
        { accessToken: { personal: { user: "*" } } },
        { accessToken: { personal: { user: "octo" } } },
      ],
      [
        "a deadline of no time",
        "JOB_INVALID",
        { job: { activeDeadlineSeconds: 0 } },
        { job: { activeDeadlineSeconds: 1 } },
      ],
      ["negative retries", "JOB_INVALID", { job: { backoffLimit: -1 } }, { job: { backoffLimit: 0 } }],
      ["an API without scheme", "API_URL_INVALID", { apiUrl: "api.pulumi.com" }, { apiUrl: "http://127.0.0.1:1" }],
      [
        "http to another machine [A25]",
        "API_URL_INSECURE",
        { apiUrl: "http://pulumi.example.com" },
        { apiUrl: "http://127.0.0.1:1" },
      ],
    ],
  ],
  [
    EksOidcRunner,
    { ...RUNNER, cluster: { name: "prod" } },
    [
      ["neither name nor issuer", "OPTION_MISSING", { cluster: {} }, { cluster: { issuerUrl: ISSUER } }],
      [
        "both name and issuer",
        "OPTION_CONFLICT",
        { cluster: { name: "prod", issuerUrl: ISSUER } },
        { cluster: { name: "prod" } },
      ],
      ["neither role nor its ARN", "OPTION_MISSING", { aws: {} }, { aws: { role: {} } }],
      [
        "both role and its ARN",
        "OPTION_CONFLICT",
        { aws: { role: {}, roleArn: ROLE_ARN } },
        { aws: { roleArn: ROLE_ARN } },
      ],
      [
        "an ARN of something else",
        "ROLE_ARN_INVALID",
        { aws: { roleArn: "arn:aws:iam::123456789012:user/me" } },
        { aws: { roleArn: "arn:aws-cn:iam::123456789012:role/me" } },
      ],
      [
        "another cluster's IAM OIDC provider",
        "OIDC_PROVIDER_MISMATCH",
        { cluster: { issuerUrl: `${ISSUER}D`, oidcProviderArn: PROVIDER_ARN }, aws: { role: {} } },
        { cluster: { issuerUrl: ISSUER, oidcProviderArn: PROVIDER_ARN }, aws: { role: {} } },
      ],
      [
        "no ARN as IAM OIDC provider",
        "OIDC_PROVIDER_ARN_INVALID",
        { cluster: { issuerUrl: ISSUER, oidcProviderArn: "mine" }, aws: { role: {} } },
        { cluster: { issuerUrl: ISSUER, oidcProviderArn: PROVIDER_ARN }, aws: { role: {} } },
      ],
      ["an empty organization", "ORGANIZATION_EMPTY", { organization: "" }, { organization: "a" }],
      [
        "an issuer that is no URL",
        "ISSUER_URL_INVALID",
        { cluster: { issuerUrl: "prod" } },
        { cluster: { name: "prod" } },
      ],
      [
        "the default issuer of clusters [A21]",
        "ISSUER_URL_SHARED",
        { cluster: { issuerUrl: DEFAULT_ISSUER } },
        { cluster: { issuerUrl: ISSUER } },
      ],
    ],
  ],
  [
    GkeOidcRunner,
    { ...RUNNER, cluster: GKE },
    [
      [
        "a project with upper case",
        "GKE_CLUSTER_INVALID",
        { cluster: { ...GKE, project: "Acme" } },
        { cluster: { ...GKE, project: "example.com:acme-prod" } },
      ],
      ["a project's number", "GKE_CLUSTER_INVALID", { cluster: { ...GKE, project: "123456789012" } }, { cluster: GKE }],
      [
        "a continent as location",
        "GKE_CLUSTER_INVALID",
        { cluster: { ...GKE, location: "europe" } },
        { cluster: { ...GKE, location: "europe-west1-b" } },
      ],
      ["neither account nor its email", "OPTION_MISSING", { gcp: {} }, { gcp: { serviceAccount: {} } }],
      [
        "both account and principal",
        "OPTION_CONFLICT",
        { gcp: { serviceAccount: {}, directPrincipal: {} } },
        { gcp: { directPrincipal: {} } },
      ],
      [
        "a short account id",
        "GOOGLE_ACCOUNT_INVALID",
        { gcp: { serviceAccount: { accountId: "abcde" } } },
        { gcp: { serviceAccount: { accountId: "abcdef" } } },
      ],
      [
        "a long description",
        "GOOGLE_ACCOUNT_INVALID",
        { gcp: { serviceAccount: { description: "a".repeat(257) } } },
        { gcp: { serviceAccount: { description: "a".repeat(256) } } },
      ],
      [
        "a permission as a role",
        "GOOGLE_ROLE_INVALID",
        { gcp: { serviceAccount: { projectRoles: ["storage.objects.get"] } } },
        { gcp: { serviceAccount: { projectRoles: ["roles/storage.objectViewer"] } } },
      ],
      [
        "a role of another project",
        "GOOGLE_ROLE_INVALID",
        { gcp: { directPrincipal: { projectRoles: ["projects/acme-dev/roles/mine"] } } },
        { gcp: { directPrincipal: { rolesByProject: { "acme-dev": ["projects/acme-dev/roles/mine"] } } } },
      ],
      [
        "a number as the account's project",
        "GOOGLE_PROJECT_INVALID",
        { gcp: { serviceAccount: { project: "123456789012" } } },
        { gcp: { serviceAccount: { project: "acme-identities" } } },
      ],
      [
        "a role on a project's name for people",
        "GOOGLE_PROJECT_INVALID",
        { gcp: { directPrincipal: { rolesByProject: { "Acme Data": ["roles/viewer"] } } } },
        { gcp: { directPrincipal: { rolesByProject: { "acme-data": ["roles/viewer"] } } } },
      ],
      [
        "a role twice on the cluster's project",
        "GOOGLE_ROLE_INVALID",
        {
          gcp: {
            serviceAccount: { projectRoles: ["roles/viewer"], rolesByProject: { "acme-prod": ["roles/viewer"] } },
          },
        },
        {
          gcp: {
            serviceAccount: { projectRoles: ["roles/viewer"], rolesByProject: { "acme-dev": ["roles/viewer"] } },
          },
        },
      ],
      [
        "a project's id as its number",
        "GOOGLE_PROJECT_NUMBER_INVALID",
        { gcp: { directPrincipal: { projectNumber: "acme-prod" } } },
        { gcp: { directPrincipal: { projectNumber: "123456789012" } } },
      ],
      [
        "a waiver without reason",
        "WAIVER_INVALID",
        { gcp: { directPrincipal: {} }, waive: [{ name: "IDENTITY_SAMENESS", reason: " " }] },
        { gcp: { directPrincipal: {} }, waive: [{ name: "IDENTITY_SAMENESS", reason: "one cluster" }] },
      ],
      [
        "a waiver of no finding",
        "WAIVER_INVALID",
        { gcp: { directPrincipal: {} }, waive: [{ name: "GOOGLE_ROLE_WIDE", reason: "one cluster" }] },
        { gcp: { directPrincipal: {} }, waive: [{ name: "GOOGLE_ROLE_BROAD", reason: "one cluster" }] },
      ],
      [
        "both account and its email",
        "OPTION_CONFLICT",
        { gcp: { serviceAccount: {}, serviceAccountEmail: "runner@acme-prod.iam.gserviceaccount.com" } },
        { gcp: { serviceAccountEmail: "runner@acme-prod.iam.gserviceaccount.com" } },
      ],
      [
        "a person's email",
        "GOOGLE_EMAIL_INVALID",
        { gcp: { serviceAccountEmail: "me@example.com" } },
        { gcp: { serviceAccountEmail: "runner@acme-prod.iam.gserviceaccount.com" } },
      ],
      ["an empty organization", "ORGANIZATION_EMPTY", { organization: "" }, { organization: "a" }],
    ],
  ],
  [
    OidcTrustSetup,
    { organization: "acme", apiUrl: API, custom: { issuerUrl: ISSUER } },
    [
      ["no issuer", "OPTION_MISSING", { custom: undefined }, { custom: undefined, eks: { issuerUrl: ISSUER } }],
      [
        "two issuers",
        "OPTION_CONFLICT",
        { eks: { issuerUrl: ISSUER } },
        { custom: undefined, aks: { issuerUrl: ISSUER } },
      ],
      ["an empty organization", "ORGANIZATION_EMPTY", { organization: " " }, { organization: "a" }],
      ["no organization", "ORGANIZATION_EMPTY", { organization: undefined }, { organization: "a" }],
      [
        "an issuer that is no URL",
        "ISSUER_URL_INVALID",
        { custom: { issuerUrl: "x" } },
        { custom: { issuerUrl: "https://x" } },
      ],
      ...["eks", "aks", "kubernetes", "githubActions", "gitlab", "pulumiDeployments", "custom"].map(
        (block): [string, string, Arguments, Arguments] => [
          `the default issuer of clusters as ${block} [A21]`,
          "ISSUER_URL_SHARED",
          { custom: undefined, [block]: { issuerUrl: DEFAULT_ISSUER } },
          { custom: undefined, [block]: { issuerUrl: PRIVATE } },
        ],
      ),
      [
        "an organization of CircleCI by its name",
        "SUBJECT_INVALID",
        { custom: undefined, circleci: { organizationId: "acme" } },
        { custom: undefined, circleci: { organizationId: "0ca3ddd9-f0b0-4635-a98c-5866526961b6" } },
      ],
      [
        "a GitLab that is no URL",
        "ISSUER_URL_INVALID",
        { custom: undefined, gitlab: { issuerUrl: "git" } },
        { custom: undefined, gitlab: {} },
      ],
      ...issuerMistakes(({ issuerUrl = PRIVATE, ...keys }) => ({
        custom: undefined,
        kubernetes: { issuerUrl, ...keys },
      })),
      ...(
        [
          ["an EKS cluster given in no way", "OPTION_MISSING", { oidcProviderArn: "arn" }, { name: "prod" }],
          [
            "an EKS cluster given in two ways",
            "OPTION_CONFLICT",
            { name: "prod", issuerUrl: ISSUER },
            { name: "prod" },
          ],
          ["an ARN beside an issuer", "OPTION_CONFLICT", { issuerUrl: ISSUER, arn: "a" }, { issuerUrl: ISSUER }],
          ["an EKS issuer that is no URL", "ISSUER_URL_INVALID", { issuerUrl: "prod" }, { issuerUrl: ISSUER }],
        ] as const
      ).map(([what, code, bad, good]): [string, string, Arguments, Arguments] => [
        what,
        code,
        { custom: undefined, eks: bad },
        { custom: undefined, eks: good },
      ]),
      [
        "a GKE cluster without location",
        "GKE_CLUSTER_INVALID",
        { custom: undefined, gke: { ...GKE, location: "" } },
        { custom: undefined, gke: GKE },
      ],
      ["a life that is too short", "EXPIRATION_INVALID", { maxExpirationSeconds: 4 }, { maxExpirationSeconds: 5 }],
      [
        "an allow without rules",
        "POLICY_ALLOWS_ALL",
        { policies: [{ ...DEFINITION, rules: {} }] },
        { policies: [{ ...DEFINITION, rules: { aud: "urn:pulumi:org:acme", sub: "a:b" } }] },
      ],
      [
        "a pattern without a literal character [A0]",
        "PATTERN_WITHOUT_LITERAL",
        { policies: [{ ...DEFINITION, decision: "deny", rules: { sub: "*" } }] },
        { policies: [{ ...DEFINITION, decision: "deny", rules: { sub: "e*" } }] },
      ],
      ["an API without scheme", "API_URL_INVALID", { apiUrl: "api.pulumi.com" }, { apiUrl: API }],
      [
        "http to another machine [A25]",
        "API_URL_INSECURE",
        { apiUrl: "http://pulumi.example.com" },
        { apiUrl: "http://127.0.0.1:1" },
      ],
    ],
  ],
  [
    OidcIssuer,
    { organization: "acme", apiUrl: API, issuerUrl: ISSUER },
    [
      ["an empty organization", "ORGANIZATION_EMPTY", { organization: "" }, { organization: "a" }],
      ["an issuer that is no URL", "ISSUER_URL_INVALID", { issuerUrl: "x" }, { issuerUrl: "https://x" }],
      ["no issuer", "ISSUER_URL_INVALID", { issuerUrl: undefined }, { issuerUrl: ISSUER }],
      ["another name for the issuer", "ARGUMENT_UNKNOWN", { url: ISSUER }, { issuerUrl: ISSUER }],
      ["a life that is too short", "EXPIRATION_INVALID", { maxExpirationSeconds: 4 }, { maxExpirationSeconds: 5 }],
      ...issuerMistakes((issuer) => ({ issuerUrl: PRIVATE, ...issuer })),
      ["an API without scheme", "API_URL_INVALID", { apiUrl: "api.pulumi.com" }, { apiUrl: API }],
      [
        "http to another machine [A25]",
        "API_URL_INSECURE",
        { apiUrl: "http://pulumi.example.com" },
        { apiUrl: "http://127.0.0.1:1" },
      ],
    ],
  ],
  [
    OidcPolicy,
    { organization: "acme", apiUrl: API, issuerId: "1", policies: [DEFINITION] },
    [
      ["an empty organization", "ORGANIZATION_EMPTY", { organization: "" }, { organization: "a" }],
      ["no definitions", "POLICY_EMPTY", { policies: [] }, { policies: [DEFINITION, DEFINITION] }],
      [
        "a claim path with an open quote",
        "CLAIM_PATH_INVALID",
        { policies: [{ ...DEFINITION, rules: { '"kubernetes.io.pod': "x" } }] },
        { policies: [{ ...DEFINITION, rules: { ...DEFINITION.rules, '"kubernetes.io".pod.name': "x" } }] },
      ],
      ["an API without scheme", "API_URL_INVALID", { apiUrl: "api.pulumi.com" }, { apiUrl: API }],
      [
        "http to another machine [A25]",
        "API_URL_INSECURE",
        { apiUrl: "http://pulumi.example.com" },
        { apiUrl: "http://127.0.0.1:1" },
      ],
    ],
  ],
];

describe("bad arguments are refused before anything is registered", () => {
  for (const [Component, good, mistakes] of CASES) {
    for (const [what, code, bad, neighbour] of mistakes) {
      it(`${Component.name}: ${what} (${code})`, async () => {
        const refused = await runProgram(() => void new Component("deployer", { ...good, ...bad } as never), cloud);
        assert.deepEqual(refused.resources, []);
        assert.equal(refused.errors.length, 1);
        const [error] = refused.errors;
        assert.ok(error instanceof OidcRunnerError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, new RegExp(`^${code}: .+ \\(at .+\\)\\. Fix: .+$`));

        const accepted = await runProgram(
          () => void new Component("deployer", { ...good, ...neighbour } as never),
          cloud,
        );
        assert.deepEqual(accepted.errors, []);
        assert.notDeepEqual(accepted.resources, []);
      });
    }
  }
});
