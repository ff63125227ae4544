import type { runtime } from "@pulumi/pulumi";
import {
  DeploymentsOidcTrust,
  type DeploymentsOidcTrustArgs,
  EnvironmentOidcTrust,
  type EnvironmentOidcTrustArgs,
} from "../../../../provider/components/outbound";
import type { Claims } from "../../../../trust/claims/claims";
import { type MockedRun, type MockOptions, runProgram } from "../../../helpers/pulumi-mocks";

export const PULUMI = "https://api.pulumi.com/oidc";
export const PULUMI_PROVIDER = "arn:aws:iam::123456789012:oidc-provider/api.pulumi.com/oidc";
const ROLE = "arn:aws:iam::123456789012:role/site-1234567";

export const SUBSCRIPTION_ID = "0f0f0f0f-1111-4222-8333-444444444444";
export const TENANT_ID = "0f0f0f0f-1111-4222-8333-555555555555";
export const CLIENT_ID = "0f0f0f0f-1111-4222-8333-666666666666";
export const PRINCIPAL_ID = "0f0f0f0f-1111-4222-8333-777777777777";

/** A trust of the environment `acme/site/prod`, unless other arguments are given. */
export function environments(args: Partial<EnvironmentOidcTrustArgs> = {}, name = "site"): EnvironmentOidcTrust {
  return new EnvironmentOidcTrust(name, {
    organization: "acme",
    ...(args.customAudience === undefined && { environments: [{ project: "site", environment: "prod" }] }),
    ...args,
  });
}

/** What AWS answers about the account's provider. */
export type FoundProvider = { arn: string; clientIdLists: string[] } | undefined;

/** A trust of the stack `acme/site/prod`, unless other arguments are given. */
export function deployments(args: Partial<DeploymentsOidcTrustArgs> = {}, name = "site"): DeploymentsOidcTrust {
  return new DeploymentsOidcTrust(name, {
    organization: "acme",
    stacks: [{ project: "site", stack: "prod" }],
    ...args,
  });
}

/** What Google says of a pool's provider. */
export type FoundGcpProvider = Record<string, unknown> | undefined;

/** The provider of the pool for deployments of `acme`. */
export const GCP_PROVIDER = {
  attributeCondition: "assertion.sub.startsWith('pulumi:deploy:org:acme:') && assertion.sub.endsWith(':scope:write')",
  attributeMapping: {
    "google.subject": "assertion.project + '/' + assertion.stack + '/' + assertion.operation",
    "attribute.stack": "assertion.project + '/' + assertion.stack",
    "attribute.operation": "assertion.operation",
    "attribute.project_operation": "assertion.project + '/' + assertion.operation",
  },
  disabled: false,
  oidcs: [{ issuerUri: PULUMI, allowedAudiences: ["acme"], jwksJson: "" }],
};

/** Runs a program; the clouds have what a trust of `acme` needs, unless another is given. */
export async function run<T>(
  program: () => T,
  {
    found = () => ({ arn: PULUMI_PROVIDER, clientIdLists: ["acme", "aws:acme"] }),
    pool = () => GCP_PROVIDER,
    identity = ({ resourceGroupName, resourceName }) => ({
      id: `/subscriptions/${SUBSCRIPTION_ID}/resourcegroups/${String(resourceGroupName)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${String(resourceName)}`,
      ...{ name: resourceName, clientId: CLIENT_ID, principalId: PRINCIPAL_ID, tenantId: TENANT_ID },
    }),
    ...options
  }: RunOptions = {},
): Promise<MockedRun<T> & { calls: string[] }> {
  const calls: string[] = [];
  const call = ({ token, inputs }: runtime.MockCallArgs) => {
    const name = token.split(":").pop();
    calls.push(
      `${name} ${String(inputs.url ?? inputs.projectId ?? inputs.workloadIdentityPoolProviderId ?? inputs.resourceName ?? inputs.objectId ?? inputs.clientId)}`,
    );
    switch (name) {
      case "getOpenIdConnectProvider":
        return { ...found() };
      case "getUserAssignedIdentity":
        return { ...identity(inputs) };
      case "getApplication":
        return { clientId: CLIENT_ID };
      case "getServicePrincipal":
        return { objectId: PRINCIPAL_ID, applicationTenantId: TENANT_ID };
      case "getProject":
        return { projectId: inputs.projectId, number: "123456789012" };
      default:
        return { ...pool() };
    }
  };
  const state = ({ type, name, inputs }: runtime.MockResourceArgs) => {
    switch (type.split(":").pop()) {
      case "Role":
        return { arn: ROLE };
      case "OpenIdConnectProvider":
        return { arn: PULUMI_PROVIDER };
      case "UserAssignedIdentity":
        return {
          ...{
            name: inputs.resourceName ?? `${name}1a2b3c4d`,
            clientId: `${name}-client`,
            principalId: `${name}-principal`,
          },
          tenantId: TENANT_ID,
        };
      case "Application":
        return { clientId: `${name}-client` };
      case "ServicePrincipal":
        return { objectId: `${name}-principal`, applicationTenantId: TENANT_ID };
      case "Account":
        return { email: `${inputs.accountId}@${inputs.project}.iam.gserviceaccount.com` };
      default:
        return undefined;
    }
  };
  return { ...(await runProgram(program, { state, call, ...options })), calls };
}

interface RunOptions extends Omit<MockOptions, "call"> {
  found?: () => FoundProvider;
  pool?: () => FoundGcpProvider;
  /** What Azure says of an identity that is there. */
  identity?: (args: Record<string, unknown>) => Record<string, unknown>;
}

/** The claims of a deployment's token, as Pulumi's documentation has them. */
export function deploymentToken(changed: Record<string, string> = {}): Claims {
  const run = { org: "acme", project: "site", stack: "prod", operation: "update", scope: "write", ...changed };
  const { org, project, stack, operation, scope } = run;
  const sub = `pulumi:deploy:org:${org}:project:${project}:stack:${stack}:operation:${operation}:scope:${scope}`;
  return { iss: PULUMI, aud: org, stackId: `${org}/${project}/${stack}`, deployment: "7", sub, ...run };
}

/** Tokens that a trust of `acme/site/prod` must refuse, each with what differs. */
export const STRANGERS: readonly (readonly [string, Claims])[] = [
  ["another organization", deploymentToken({ org: "other" })],
  ["an organization that begins alike", deploymentToken({ org: "acme-2" })],
  ["an organization that ends alike", deploymentToken({ org: "xacme" })],
  ["another project", deploymentToken({ project: "shop" })],
  ["a project that begins alike", deploymentToken({ project: "site2" })],
  ["a project that ends alike", deploymentToken({ project: "my-site" })],
  ["a project with a dot for a letter", deploymentToken({ project: "s.te" })],
  ["another stack", deploymentToken({ stack: "dev" })],
  ["a stack that begins alike", deploymentToken({ stack: "prod-2" })],
  ["a stack that ends alike", deploymentToken({ stack: "xprod" })],
  ["a stack with a dot for a letter", deploymentToken({ stack: "pr.d" })],
  ["a stack in other case", deploymentToken({ stack: "PROD" })],
  ["a drift run", deploymentToken({ operation: "remediate-drift" })],
  ["another scope", deploymentToken({ scope: "read" })],
  ["ESC's audience", deploymentToken({ aud: "aws:acme" })],
  ["ESC's audience for Google Cloud", deploymentToken({ aud: "gcp:acme" })],
  ["ESC's audience for Azure", deploymentToken({ aud: "azure:acme" })],
  ["another issuer", deploymentToken({ iss: `${PULUMI}/v2` })],
  ["an environment", { ...deploymentToken(), sub: "pulumi:environments:org:acme:env:site/prod" }],
  [
    "an environment of the project default",
    { iss: PULUMI, aud: "acme", sub: "pulumi:environments:org:acme:env:prod", current_env: "prod", root_env: "prod" },
  ],
];

/** Codes of what a program was refused with. */
export function codesOf({ errors }: MockedRun<unknown>): unknown[] {
  return errors.map((error) => (error as { code?: string }).code ?? error);
}

/** The types of what was registered, the component first. */
export const kindsOf = ({ resources }: MockedRun<unknown>): string[] =>
  resources.map(({ type }) => type.split(":").pop() ?? "");
