import { loginClaims, type OpenedEnvironment, type PulumiIssuer } from "../issuer";

/** What the definition of an environment says of a login to Azure. */
export interface AzureInputs {
  clientId: string;
  tenantId: string;
  subscriptionId: string;
  clientSecret?: string;
  oidc?: boolean;
  subjectAttributes?: string[];
}

/**
 * A login to Azure. Nothing is exchanged here: its token goes to the providers as it is, which exchange it themselves (pulumi/docs at
 * 024c22c2, content/docs/esc/providers/login/azure-login.md, "Outputs"; at 1b6be63b, content/docs/esc/guides/configuring-oidc/azure.md,
 * which shows that the token is all there is).
 */
export async function azureLogin(issuer: PulumiIssuer, inputs: AzureInputs, environment: OpenedEnvironment) {
  const { clientId, tenantId, subscriptionId, clientSecret, oidc = false, subjectAttributes } = inputs;
  const token = oidc && (await issuer.signLogin(loginClaims("azure", environment, subjectAttributes)));
  return {
    ...{ clientId, tenantId, subscriptionId },
    ...(clientSecret !== undefined && { clientSecret }),
    ...(token && { oidc: { token } }),
  };
}
