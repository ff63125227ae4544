import { cloudsOf, type LoginContext, post } from "./request";

/** An application or a managed identity, and the directory that it is in. */
export interface AzureLogin {
  clientId: string;
  tenantId: string;
}

/**
 * Exchanges a token at Microsoft Entra ID for one of Azure Resource Manager.
 *
 * @throws Error in the words of MSAL for Go (Azure/azure-workload-identity#616)
 */
export async function logInToAzure(context: LoginContext, token: string, login: AzureLogin): Promise<void> {
  const { clientId, tenantId } = login;
  const form = new URLSearchParams({
    ...{ grant_type: "client_credentials", client_id: clientId, scope: "https://management.azure.com/.default" },
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: token,
  });
  const url = `${cloudsOf(context).azureAuthority}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
  const { status, text } = await post(context, url, form);
  if (status !== 200) {
    throw new Error(`FromAssertion(): http call(${url})(POST) error: reply status code was ${status}: ${text}`);
  }
}
