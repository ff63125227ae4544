/** What an environment's definition is made from. */
export interface DefinitionParts {
  aws?: { roleArn: string; sessionName: string; duration?: string; policyArns?: string[] };
  azure?: { clientId: string; tenantId: string; subscriptionId: string };
  gcp?: {
    project: string;
    workloadPoolId: string;
    providerId: string;
    serviceAccount?: string;
    region?: string;
    tokenLifetime?: string;
  };
  subjectAttributes: readonly string[];
  /** Audience of one's own: the token is handed out as it is, and no login is made. */
  customAudience?: string;
}

type Yaml = string | number | boolean | readonly string[] | { [key: string]: Yaml | undefined };

/**
 * The definition of an environment of Pulumi ESC that logs in to the clouds, in YAML (pulumi/docs at 0366b9fd,
 * content/docs/esc/guides/configuring-oidc; the pages of aws-login, azure-login, gcp-login and oidc, https://www.pulumi.com/docs/esc/providers/login/,
 * 2026-11). A token with an audience of one's own is for the clients of AWS and Azure a file, by which they log in themselves. For Azure
 * the token of its login is one too: Pulumi's providers read the variables `ARM_…`, Azure's own clients `AZURE_…` and the file, and the
 * Azure CLI neither (pulumi/esc#603).
 */
export function environmentDefinition({ aws, azure, gcp, subjectAttributes, customAudience }: DefinitionParts): string {
  const attributes = subjectAttributes.length === 0 ? {} : { subjectAttributes };
  if (customAudience !== undefined) {
    const token = { "fn::open::oidc": { audience: customAudience, identityToken: { version: "v2" } } };
    return yaml({
      values: {
        pulumi: { token },
        ...((aws || azure) && {
          environmentVariables: {
            ...(aws && { AWS_ROLE_ARN: aws.roleArn, AWS_ROLE_SESSION_NAME: aws.sessionName }),
            ...(azure && azureVariables(azure, "${pulumi.token}")),
          },
          files: {
            ...(aws && { AWS_WEB_IDENTITY_TOKEN_FILE: "${pulumi.token}" }),
            ...(azure && { AZURE_FEDERATED_TOKEN_FILE: "${pulumi.token}" }),
          },
        }),
      },
    });
  }
  const login = gcp?.serviceAccount === undefined ? undefined : gcp;
  return yaml({
    values: {
      ...(aws && { aws: { login: { "fn::open::aws-login": { oidc: { ...aws, ...attributes } } } } }),
      ...(azure && { azure: { login: { "fn::open::azure-login": { ...azure, oidc: true, ...attributes } } } }),
      ...(login && { gcp: { login: { "fn::open::gcp-login": googleLogin(login, attributes) } } }),
      environmentVariables: {
        ...(aws && {
          AWS_ACCESS_KEY_ID: "${aws.login.accessKeyId}",
          AWS_SECRET_ACCESS_KEY: "${aws.login.secretAccessKey}",
          AWS_SESSION_TOKEN: "${aws.login.sessionToken}",
        }),
        ...(azure &&
          azureVariables(
            {
              clientId: "${azure.login.clientId}",
              tenantId: "${azure.login.tenantId}",
              subscriptionId: "${azure.login.subscriptionId}",
            },
            AZURE_TOKEN,
          )),
        ...(login && {
          GOOGLE_CLOUD_PROJECT: "${gcp.login.project}",
          GOOGLE_OAUTH_ACCESS_TOKEN: "${gcp.login.accessToken}",
        }),
      },
      ...(azure && { files: { AZURE_FEDERATED_TOKEN_FILE: AZURE_TOKEN } }),
    },
  });
}

const AZURE_TOKEN = "${azure.login.oidc.token}";

/** What Pulumi's Azure providers read, and what Azure's own clients read beside the token's file. */
function azureVariables({ clientId, tenantId, subscriptionId }: NonNullable<DefinitionParts["azure"]>, token: string) {
  return {
    ARM_USE_OIDC: "true",
    ...{ ARM_CLIENT_ID: clientId, ARM_TENANT_ID: tenantId, ARM_SUBSCRIPTION_ID: subscriptionId, ARM_OIDC_TOKEN: token },
    ...{ AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId },
  };
}

function googleLogin({ project, ...oidc }: NonNullable<DefinitionParts["gcp"]>, attributes: object): Yaml {
  return { project: Number(project), oidc: { ...oidc, ...attributes } };
}

function yaml(value: Yaml, indent = ""): string {
  if (typeof value !== "object") {
    return `${scalar(value)}\n`;
  }
  if (Array.isArray(value)) {
    return value.map((item) => `${indent}- ${scalar(item as string)}\n`).join("");
  }
  return Object.entries(value as Record<string, Yaml | undefined>)
    .filter(([, inner]) => inner !== undefined)
    .map(([key, inner]) => {
      const text = yaml(inner as Yaml, `${indent}  `);
      return typeof inner === "object" ? `${indent}${key}:\n${text}` : `${indent}${key}: ${text}`;
    })
    .join("");
}

/** Texts without quotes that can't be taken for something else; JSON's texts are YAML's as well. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)(?:[A-Za-z][\w./@+-]*(?::+[\w./@+-]+)*|\$\{[\w.]+\})$/i;

function scalar(value: string | number | boolean): string {
  return typeof value !== "string" || PLAIN.test(value) ? String(value) : JSON.stringify(value);
}
