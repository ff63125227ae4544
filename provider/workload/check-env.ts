import { OidcRunnerError } from "../errors";

const RESERVED =
  /^(OIDC_RUNNER_.*|PULUMI_BACKEND_URL|PULUMI_CREDENTIALS_PATH|AWS_ROLE_ARN|AWS_WEB_IDENTITY_TOKEN_FILE)$/;

/** Whether a variable's value follows from other arguments: setting it would part the pod from its trust. */
export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}

/**
 * Refuses environment variables that the runner sets itself, and a stored access token: the pod gets its own, and the CLI
 * exchanges no token beside one.
 *
 * @throws OidcRunnerError `ENV_RESERVED`, `ENV_STORED_TOKEN`
 */
export function checkEnvNames(names: readonly string[]): void {
  for (const name of names) {
    if (name === "PULUMI_ACCESS_TOKEN") {
      throw new OidcRunnerError(
        "ENV_STORED_TOKEN",
        "the pod gets its own access token; a stored one is what it replaces",
        {
          where: `env.${name}`,
          fix: "leave it out, and revoke it if it was used elsewhere",
        },
      );
    }
    if (isReserved(name)) {
      throw new OidcRunnerError("ENV_RESERVED", `the runner sets ${name} itself`, {
        where: `env.${name}`,
        fix: "leave it out, and use the argument it follows from: apiUrl, organization, tokenType, expirationSeconds or aws",
      });
    }
  }
}
