import { OidcRunnerError } from "../../errors";
import { UUID } from "../../issuers";

/** An id of Azure in a regular expression, which ignores case. */
export const GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

const IDENTITY = new RegExp(
  `^/subscriptions/(${GUID})/resourceGroups/([^/]+)/providers/Microsoft\\.ManagedIdentity/userAssignedIdentities/([^/]+)$`,
  "i",
);
const APPLICATION = new RegExp(`^/applications/(${GUID})$`, "i");

/** A user-assigned identity by the parts of its resource id. */
export interface IdentityParts {
  subscriptionId: string;
  resourceGroupName: string;
  name: string;
}

/**
 * The parts of an identity's resource id.
 *
 * @throws OidcRunnerError `AZURE_IDENTITY_INVALID`
 */
export function parseIdentityId(id: string, where: string): IdentityParts {
  const [, subscriptionId, resourceGroupName, name] = IDENTITY.exec(id) ?? [];
  if (subscriptionId === undefined || resourceGroupName === undefined || name === undefined) {
    throw invalid(
      `"${id}" is not the id of a user-assigned identity`,
      where,
      "give what `az identity show --query id` prints: /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME",
    );
  }
  return { subscriptionId, resourceGroupName, name };
}

/**
 * The object id in the id of an application.
 *
 * @throws OidcRunnerError `AZURE_IDENTITY_INVALID`
 */
export function parseApplicationId(id: string, where: string): string {
  const [, objectId] = APPLICATION.exec(id) ?? [];
  if (objectId === undefined) {
    const fix = "give /applications/ and its object id, which `az ad app show --query id` prints, not its client id";
    throw invalid(`"${id}" is not the id of an application`, where, fix);
  }
  return objectId;
}

/**
 * Refuses what is not the id of a subscription.
 *
 * @throws OidcRunnerError `AZURE_IDENTITY_INVALID`
 */
export function checkSubscriptionId(id: string, where: string): void {
  if (!UUID.test(id.toLowerCase())) {
    throw invalid(`"${id}" is not the id of a subscription`, where, "give the UUID alone, without /subscriptions/");
  }
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("AZURE_IDENTITY_INVALID", what, { where, fix });
}
