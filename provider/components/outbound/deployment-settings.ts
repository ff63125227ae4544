import { ANY, type StackPattern } from "../../../trust/issuers";

/** The block `operationContext.oidc` of a `pulumiservice.DeploymentSettings` (1.3.0), in its names. */
export interface DeploymentOidcSettings {
  /** The role of AWS that deployments assume. */
  aws?: DeploymentAwsSettings;
  /** The identity of Azure that deployments act as. */
  azure?: DeploymentAzureSettings;
  /** The service account of Google Cloud that deployments act as. */
  gcp?: DeploymentGcpSettings;
}

/** Access of deployments to AWS. */
export interface DeploymentAwsSettings {
  /** ARN of the role. */
  roleARN: string;
  /** Name of the session. */
  sessionName: string;
  /** Life of the credentials, such as `3600s`. */
  duration?: string;
  /** ARNs of policies that narrow the session. */
  policyARNs?: string[];
}

/** Access of deployments to Azure. */
export interface DeploymentAzureSettings {
  /** Client id of the identity or application. */
  clientId: string;
  /** Id of its tenant. */
  tenantId: string;
  /** Id of the subscription. */
  subscriptionId: string;
}

/** Access of deployments to Google Cloud. */
export interface DeploymentGcpSettings {
  /** Number of the pool's project. */
  projectId: string;
  /** Id of the pool. */
  workloadPoolId: string;
  /** Id of its provider. */
  providerId: string;
  /** Email of the service account. */
  serviceAccount: string;
  /** Region that Google's clients are told. */
  region?: string;
  /** Life of the credentials, such as `3600s`. */
  tokenLifetime?: string;
}

/**
 * A command for each stack that puts the settings in place, in the flags of `pulumi deployment settings edit` (CLI 3.259.0); without
 * `--stack` where any stack is meant, for the stack that is selected.
 */
export function settingsCommand(
  organization: string,
  stacks: readonly StackPattern[],
  settingsOf: (stack: StackPattern) => DeploymentOidcSettings,
): string {
  const flagsOf = ({ aws, azure, gcp }: DeploymentOidcSettings): [string, string | undefined][] => [
    ["oidc-aws-role-arn", aws?.roleARN],
    ["oidc-aws-session-name", aws?.sessionName],
    ["oidc-aws-duration", aws?.duration],
    ["oidc-aws-policy-arn", aws?.policyARNs?.join(",")],
    ["oidc-azure-client-id", azure?.clientId],
    ["oidc-azure-tenant-id", azure?.tenantId],
    ["oidc-azure-subscription-id", azure?.subscriptionId],
    ["oidc-gcp-project-number", gcp?.projectId],
    ["oidc-gcp-workload-pool-id", gcp?.workloadPoolId],
    ["oidc-gcp-provider-id", gcp?.providerId],
    ["oidc-gcp-service-account", gcp?.serviceAccount],
    ["oidc-gcp-region", gcp?.region],
    ["oidc-gcp-token-lifetime", gcp?.tokenLifetime],
  ];
  const lines = stacks.map((pattern) => {
    const { project, stack } = pattern;
    const one: [string, string | undefined] = [
      "stack",
      stack === ANY ? undefined : `${organization}/${project}/${stack}`,
    ];
    const words = [one, ...flagsOf(settingsOf(pattern))].flatMap(([flag, value]) =>
      value === undefined ? [] : [`--${flag} ${word(value)}`],
    );
    return ["pulumi deployment settings edit", ...words].join(" ");
  });
  return [...new Set(lines)].join("\n");
}

/** A word of the shell; quoted where it needs to be. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
