import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { AksOidcRunnerArgs } from "../../../../provider/components/aks/aks-oidc-runner";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { assertUserError } from "../../../helpers/refused";
import { AKS_ISSUER, CLIENT_ID, cloud, TENANT } from "../cloud";
import { listed } from "../pick";
import { aksRunner, codesOf, GROUP } from "./aks";

type Args = Partial<AksOidcRunnerArgs>;

const out = <T>(value: T) => pulumi.output(value);
const identity = { resourceGroupName: "site" };
const profile = { issuerURL: AKS_ISSUER };
const made = (more: object): Args => ({ azure: { identity: { ...identity, ...more } } });
const roles = (...roleAssignments: object[]) => made({ roleAssignments });
const READER = { role: "Reader", scope: GROUP };
const ROLES = "azure.identity.roleAssignments";

/** What is wrong, its code and place, and the near miss that is right. */
const CASES: [what: string, code: string, where: string, bad: Args, good: Args][] = [
  ["no cluster", "OPTION_MISSING", "deployer.cluster", { cluster: {} }, { cluster: { issuerUrl: AKS_ISSUER } }],
  [
    "a cluster without its resource group",
    "OPTION_MISSING",
    "deployer.cluster",
    { cluster: { name: "prod" } },
    { cluster: { name: "prod", resourceGroupName: "clusters" } },
  ],
  [
    "a cluster by name and issuer",
    "OPTION_CONFLICT",
    "deployer.cluster",
    { cluster: { name: "prod", issuerUrl: AKS_ISSUER } },
    { cluster: { name: "prod", oidcIssuerProfile: profile } },
  ],
  [
    "a resource group beside an issuer",
    "OPTION_CONFLICT",
    "deployer.cluster",
    { cluster: { resourceGroupName: "clusters", issuerUrl: AKS_ISSUER } },
    { cluster: { issuerUrl: AKS_ISSUER } },
  ],
  [
    "an issuer without its final slash",
    "ISSUER_URL_INVALID",
    "deployer.cluster.issuerUrl",
    { cluster: { issuerUrl: AKS_ISSUER.slice(0, -1) } },
    { cluster: { issuerUrl: AKS_ISSUER } },
  ],
  ["no access to Azure after all", "OPTION_MISSING", "deployer.azure", { azure: {} as never }, { azure: { identity } }],
  [
    "an identity and a client id",
    "OPTION_CONFLICT",
    "deployer.azure",
    { azure: { identity, clientId: CLIENT_ID } as never },
    { azure: { clientId: CLIENT_ID } },
  ],
  [
    "a tenant of an identity that is made",
    "OPTION_CONFLICT",
    "deployer.azure",
    { azure: { identity, tenantId: TENANT } },
    { azure: { clientId: CLIENT_ID, tenantId: TENANT } },
  ],
  [
    "an identity without a resource group",
    "AZURE_IDENTITY_INVALID",
    "azure.identity.resourceGroupName",
    made({ resourceGroupName: undefined }),
    made({}),
  ],
  ["a short name", "AZURE_IDENTITY_INVALID", "azure.identity.name", made({ name: "ab" }), made({ name: "abc" })],
  [
    "a client by its name",
    "AZURE_IDENTITY_INVALID",
    "azure.clientId",
    { azure: { clientId: "deployer" } },
    { azure: { clientId: CLIENT_ID } },
  ],
  [
    "a tenant by its domain",
    "AZURE_IDENTITY_INVALID",
    "azure.tenantId",
    { azure: { clientId: CLIENT_ID, tenantId: "acme.com" } },
    { azure: { clientId: CLIENT_ID, tenantId: TENANT } },
  ],
  [
    "an authority over http",
    "AZURE_IDENTITY_INVALID",
    "azure.authorityHost",
    { azure: { identity, authorityHost: "http://127.0.0.1/" } },
    { azure: { identity, authorityHost: "https://127.0.0.1/" } },
  ],
  [
    "a token that the SDKs would send when it has expired",
    "EXPIRATION_INVALID",
    "azure.tokenExpirationSeconds",
    { azure: { identity, tokenExpirationSeconds: 3599 } },
    { azure: { identity, tokenExpirationSeconds: 3600 } },
  ],
  [
    "a role by a name that is not known",
    "AZURE_ROLE_INVALID",
    `${ROLES}[0].role`,
    roles({ ...READER, role: "reader" }),
    roles(READER),
  ],
  [
    "a role by a name that is not known, on a scope that is not known yet",
    "AZURE_ROLE_INVALID",
    `${ROLES}[1].role`,
    roles(READER, { role: "reader", scope: out(GROUP) }),
    roles(READER, { role: "AcrPull", scope: out(GROUP) }),
  ],
  ["a role on nothing", "AZURE_ROLE_INVALID", `${ROLES}[0].scope`, roles({ role: "Reader" }), roles(READER)],
  [
    "a role twice",
    "AZURE_ROLE_INVALID",
    `${ROLES}[1]`,
    roles(READER, READER),
    roles(READER, { role: "AcrPull", scope: GROUP }),
  ],
  [
    "a variable of the identity's",
    "ENV_RESERVED",
    "env.AZURE_CLIENT_ID",
    { azure: { identity }, env: { AZURE_CLIENT_ID: CLIENT_ID } },
    { env: { AZURE_CLIENT_ID: CLIENT_ID } },
  ],
  [
    "a secret variable of the identity's",
    "ENV_RESERVED",
    "secretEnv.AZURE_FEDERATED_TOKEN_FILE",
    { azure: { identity }, secretEnv: { AZURE_FEDERATED_TOKEN_FILE: { name: "a", key: "b" } } },
    { azure: { identity }, secretEnv: { AZURE_CLIENT_SECRET: { name: "a", key: "b" } } },
  ],
  [
    "a variable of the identity's in podTemplate",
    "ENV_RESERVED",
    "podTemplate.spec.containers[0].env.AZURE_TENANT_ID",
    {
      azure: { identity },
      podTemplate: { spec: { containers: [{ name: "runner", env: [{ name: "AZURE_TENANT_ID", value: TENANT }] }] } },
    },
    { podTemplate: { spec: { containers: [{ name: "runner", env: [{ name: "AZURE_TENANT_ID", value: TENANT }] }] } } },
  ],
  [
    "a volume over the token",
    "POD_TEMPLATE_TRUST",
    "podTemplate.spec.volumes[0]",
    { azure: { identity }, podTemplate: { spec: { volumes: [{ name: "azure-identity-token", emptyDir: {} }] } } },
    { podTemplate: { spec: { volumes: [{ name: "azure-identity-token", emptyDir: {} }] } } },
  ],
  [
    "Azure for an agent",
    "OPTION_CONFLICT",
    "deployer",
    { azure: { identity }, agent: {}, accessToken: { runner: { pool: "pool" } } },
    { agent: {}, accessToken: { runner: { pool: "pool" } } },
  ],
];

describe("the arguments of AksOidcRunner", () => {
  for (const [what, code, where, bad, good] of CASES) {
    it(`are refused with ${what}`, async () => {
      const refused = await runProgram(() => void aksRunner(bad), cloud);
      assert.equal(refused.errors.length, 1);
      assertUserError(refused.errors[0], code, where);
      assert.deepEqual(refused.resources, []);
      assert.deepEqual((await runProgram(() => void aksRunner(good), cloud)).errors, []);
    });
  }

  /** What turns out bad during the update, and its near miss. */
  const later: [what: string, code: string, bad: Args, good: Args][] = [
    [
      "issuerUrl",
      "ISSUER_URL_INVALID",
      { cluster: { issuerUrl: out(AKS_ISSUER.slice(0, -1)) } },
      { cluster: { issuerUrl: out(AKS_ISSUER) } },
    ],
    ["no issuer", "OIDC_ISSUER_OFF", { cluster: { issuerUrl: out("") } }, { cluster: { issuerUrl: out(AKS_ISSUER) } }],
    ["name", "AZURE_IDENTITY_INVALID", made({ name: out("ab") }), made({ name: out("abc") })],
    [
      "resourceGroupName",
      "AZURE_IDENTITY_INVALID",
      made({ resourceGroupName: out("a/b") }),
      made({ resourceGroupName: out("b") }),
    ],
    ["clientId", "AZURE_IDENTITY_INVALID", { azure: { clientId: out("me") } }, { azure: { clientId: out(CLIENT_ID) } }],
    [
      "authorityHost",
      "AZURE_IDENTITY_INVALID",
      { azure: { identity, authorityHost: out("http://a/") } },
      { azure: { identity, authorityHost: out("https://a/") } },
    ],
    [
      "tokenExpirationSeconds",
      "EXPIRATION_INVALID",
      { azure: { identity, tokenExpirationSeconds: out(600) } },
      { azure: { identity, tokenExpirationSeconds: out(3600) } },
    ],
    [
      "a scope",
      "AZURE_ROLE_INVALID",
      roles({ ...READER, scope: out("site") }),
      roles({ ...READER, scope: out(GROUP) }),
    ],
    ["a role twice", "AZURE_ROLE_INVALID", roles(READER, { ...READER, scope: out(GROUP) }), roles(READER)],
  ];
  for (const [what, code, bad, good] of later) {
    it(`are refused when this turns out bad, and nothing is made: ${what}`, async () => {
      const refused = await runProgram(() => void aksRunner(bad), cloud);
      assert.deepEqual(codesOf(refused.errors), [code]);
      const kinds = listed(refused).map((line) => line.split(" ")[0]);
      assert.deepEqual(kinds, ["AksOidcRunner", "OidcTrustSetup"]);
      assert.deepEqual((await runProgram(() => void aksRunner(good), cloud)).errors, []);
    });
  }
});
