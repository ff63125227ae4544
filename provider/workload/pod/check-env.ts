import { OidcRunnerError } from "../../../trust";

const RESERVED = new RegExp(
  `^(${[
    "OIDC_RUNNER_.*",
    "PULUMI_BACKEND_URL",
    "PULUMI_CREDENTIALS_PATH",
    "PULUMI_CREDENTIAL_STORE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_(CREDENTIALS_FULL_URI|AUTHORIZATION_TOKEN_FILE)",
    "PULUMI_AGENT_(OIDC_TOKEN_FILE|ORGANIZATION_NAME|RUNNER_POOL_ID|TOKEN_EXPIRATION|SERVICE_URL|DEPLOY_TARGET|SERVICE_ACCOUNT_NAME|HTTP_SERVER_PORT)",
  ].join("|")})$`,
);

/** Tokens that live long: a variable of that name would take the place of the token the pod gets. */
const STORED = ["PULUMI_ACCESS_TOKEN", "PULUMI_AGENT_TOKEN"];

/** Whether a variable's value follows from other arguments: the runner's trust depends on it. */
export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}

/**
 * Refuses environment variables that the runner sets itself, and a stored access token: the pod gets its own, and the CLI
 * exchanges no token beside one.
 *
 * @param more variables that this runner sets itself besides
 * @throws OidcRunnerError `ENV_RESERVED`, `ENV_STORED_TOKEN`
 */
export function checkEnvNames(names: readonly string[], where = "env", more: readonly string[] = []): void {
  for (const name of names) {
    if (STORED.includes(name)) {
      throw new OidcRunnerError(
        "ENV_STORED_TOKEN",
        "the pod gets its own access token; a stored one is what it replaces",
        {
          where: `${where}.${name}`,
          fix: "leave it out, and revoke it if it was used elsewhere",
        },
      );
    }
    if (isReserved(name) || more.includes(name)) {
      throw new OidcRunnerError("ENV_RESERVED", `the runner sets ${name} itself`, {
        where: `${where}.${name}`,
        fix: "leave it out, and use the argument it follows from: apiUrl, organization, accessToken, agent, aws or azure",
      });
    }
  }
}
