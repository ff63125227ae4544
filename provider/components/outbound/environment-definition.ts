/** What an environment's definition is made from. */
export interface DefinitionParts {
  aws?: { roleArn: string; sessionName: string; duration?: string; policyArns?: string[] };
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

type Yaml = string | number | readonly string[] | { [key: string]: Yaml | undefined };

/**
 * The definition of an environment of Pulumi ESC that logs in to the clouds, in YAML (pulumi/docs at 0366b9fd,
 * content/docs/esc/guides/configuring-oidc; the pages of aws-login, gcp-login and oidc, https://www.pulumi.com/docs/esc/providers/login/,
 * 2026-11). A token with an audience of one's own is for the clients of AWS a file, by which they log in themselves.
 */
export function environmentDefinition({ aws, gcp, subjectAttributes, customAudience }: DefinitionParts): string {
  const attributes = subjectAttributes.length === 0 ? {} : { subjectAttributes };
  if (customAudience !== undefined) {
    const token = { "fn::open::oidc": { audience: customAudience, identityToken: { version: "v2" } } };
    return yaml({
      values: {
        pulumi: { token },
        ...(aws && {
          environmentVariables: { AWS_ROLE_ARN: aws.roleArn, AWS_ROLE_SESSION_NAME: aws.sessionName },
          files: { AWS_WEB_IDENTITY_TOKEN_FILE: "${pulumi.token}" },
        }),
      },
    });
  }
  const login = gcp?.serviceAccount === undefined ? undefined : gcp;
  return yaml({
    values: {
      ...(aws && { aws: { login: { "fn::open::aws-login": { oidc: { ...aws, ...attributes } } } } }),
      ...(login && { gcp: { login: { "fn::open::gcp-login": googleLogin(login, attributes) } } }),
      environmentVariables: {
        ...(aws && {
          AWS_ACCESS_KEY_ID: "${aws.login.accessKeyId}",
          AWS_SECRET_ACCESS_KEY: "${aws.login.secretAccessKey}",
          AWS_SESSION_TOKEN: "${aws.login.sessionToken}",
        }),
        ...(login && {
          GOOGLE_CLOUD_PROJECT: "${gcp.login.project}",
          GOOGLE_OAUTH_ACCESS_TOKEN: "${gcp.login.accessToken}",
        }),
      },
    },
  });
}

function googleLogin({ project, ...oidc }: NonNullable<DefinitionParts["gcp"]>, attributes: object): Yaml {
  return { project: Number(project), oidc: { ...oidc, ...attributes } };
}

function yaml(value: Yaml, indent = ""): string {
  if (typeof value === "number" || typeof value === "string") {
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

function scalar(value: string | number): string {
  return typeof value === "number" || PLAIN.test(value) ? String(value) : JSON.stringify(value);
}
