import type { Login } from "./login-step";
import type { ActionStep, VendorAction } from "./system";

/**
 * The vendor's action as a step. The job names the API's address, because the action exports the access token alone and the CLI
 * would send it to its own default address (pulumi/pulumi v3.259.0, pkg/workspace/creds.go, GetCurrentCloudURLWithSource).
 */
export function actionStep({ uses, inputs }: VendorAction, { organization, apiUrl, accessToken }: Login): ActionStep {
  const [type, scope] =
    accessToken === undefined
      ? ["organization", undefined]
      : "team" in accessToken
        ? ["team", `team:${accessToken.team}`]
        : ["personal", `user:${accessToken.user}`];
  return {
    uses,
    with: {
      [inputs.organization]: organization,
      [inputs.tokenType]: `urn:pulumi:token-type:access_token:${type}`,
      ...(scope !== undefined && { [inputs.scope]: scope }),
      [inputs.apiUrl]: apiUrl,
    },
    env: { PULUMI_BACKEND_URL: apiUrl },
  };
}
