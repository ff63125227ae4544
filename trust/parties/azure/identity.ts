import { OidcRunnerError } from "../../errors";
import { UUID } from "../../issuers";

/** What a user-assigned identity is made with, as far as it is checked. */
export interface AzureIdentitySettings {
  resourceGroupName: string;
  name?: string;
}

/** Where tokens of Entra ID are got, and whose. */
export interface AzureClient {
  clientId?: string;
  tenantId?: string;
  authorityHost?: string;
}

/** Azure Resource Manager documentation, "Naming rules and restrictions for Azure resources". */
const NAMES = {
  resourceGroupName: {
    form: /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u,
    fix: "give the name of a resource group: at most 90 letters, digits and characters of _().-, not ending with a period",
  },
  name: {
    form: /^[A-Za-z0-9][\w-]{2,127}$/,
    fix: "use 3 to 128 letters, digits, hyphens and underscores, beginning with a letter or digit; or leave it out",
  },
} satisfies Record<keyof AzureIdentitySettings, { form: RegExp; fix: string }>;

const IDS = {
  clientId: {
    name: "client id",
    fix: "give the application (client) id, not the object id or the name: a UUID, as `az identity show --query clientId` prints it",
  },
  tenantId: {
    name: "tenant id",
    fix: "give the directory (tenant) id, not a domain: a UUID, as `az account show --query tenantId` prints it",
  },
};

/**
 * Refuses names that Azure would refuse, before anything is made. What is left out is not looked at.
 *
 * @throws OidcRunnerError `AZURE_IDENTITY_INVALID`
 */
export function checkAzureIdentity(settings: Partial<AzureIdentitySettings>, where: string): void {
  for (const field of ["resourceGroupName", "name"] as const) {
    const value = settings[field];
    const { form, fix } = NAMES[field];
    if (value !== undefined && !form.test(value)) {
      throw invalid(`"${value}" is not a name that Azure takes`, `${where}.${field}`, fix);
    }
  }
}

/**
 * Refuses ids that are none, and an authority that tokens must not be sent to. What is left out is not looked at.
 *
 * @throws OidcRunnerError `AZURE_IDENTITY_INVALID`
 */
export function checkAzureClient(client: AzureClient, where: string): void {
  for (const field of ["clientId", "tenantId"] as const) {
    const value = client[field];
    if (value !== undefined && !UUID.test(value.toLowerCase())) {
      const { name, fix } = IDS[field];
      throw invalid(`"${value}" is not a ${name} of Entra ID`, `${where}.${field}`, fix);
    }
  }
  const { authorityHost } = client;
  if (authorityHost !== undefined && !isOrigin(authorityHost)) {
    throw invalid(
      `"${authorityHost}" is not an authority of Entra ID`,
      `${where}.authorityHost`,
      "give the https address without a path, such as https://login.microsoftonline.us/",
    );
  }
}

function isOrigin(text: string): boolean {
  return /^https:\/\/[^\s/?#@]+\/?$/.test(text) && URL.canParse(text);
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("AZURE_IDENTITY_INVALID", what, { where, fix });
}
