import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { parseApplicationId, parseIdentityId } from "../../../trust/parties/azure";
import { peer } from "../lib";
import { toApplication, toIdentity } from "./add-credential";
import type { AzureIdentityClient } from "./made-identity";

/** An identity that is there already, and what the argument that names it is called. */
export interface ExistingIdentity {
  id: pulumi.Input<string>;
  where: string;
}

/**
 * A user-assigned identity that is there already, to which credentials are added.
 *
 * @param checked resolves when what it is for is proven
 */
export function existingUserAssignedIdentity(
  parent: pulumi.Resource,
  { id, where }: ExistingIdentity,
  checked: pulumi.Output<unknown>,
): AzureIdentityClient {
  const { getUserAssignedIdentity } = peer(
    "@pulumi/azure-native",
    () =>
      require("@pulumi/azure-native/managedidentity/getUserAssignedIdentity") as typeof import("@pulumi/azure-native/managedidentity/getUserAssignedIdentity"),
  );
  const parts = pulumi.all([id, checked]).apply(([known]) => parseIdentityId(known, where));
  const found = parts.apply(async ({ resourceGroupName, name: resourceName, subscriptionId }) => {
    const answer = await getUserAssignedIdentity({ resourceGroupName, resourceName }, { parent });
    // Mocks in a program's own tests may leave the id out.
    if (!(answer.id ?? "").toLowerCase().startsWith(`/subscriptions/${subscriptionId}/`.toLowerCase()) && answer.id) {
      const what = `the Azure provider works in another subscription than ${subscriptionId}: it found ${answer.id}`;
      throw new OidcRunnerError("AZURE_IDENTITY_INVALID", what, {
        where,
        fix: `give the component a provider with subscriptionId: "${subscriptionId}"`,
      });
    }
    return answer;
  });
  return {
    ...{ clientId: found.clientId, principalId: found.principalId, tenantId: found.tenantId },
    key: identityKey(id),
    addCredential: toIdentity({
      // Through what was found, so that nothing is written to an identity that is not there.
      resourceGroupName: pulumi.all([parts, found]).apply(([{ resourceGroupName }]) => resourceGroupName),
      resourceName: found.name,
    }),
  };
}

/** An application that is there already, with a service principal, to which credentials are added. */
export function existingApplication(
  parent: pulumi.Resource,
  { id, where }: ExistingIdentity,
  checked: pulumi.Output<unknown>,
): AzureIdentityClient {
  const azuread = peer("@pulumi/azuread", () => ({
    ...(require("@pulumi/azuread/getApplication") as typeof import("@pulumi/azuread/getApplication")),
    ...(require("@pulumi/azuread/getServicePrincipal") as typeof import("@pulumi/azuread/getServicePrincipal")),
  }));
  const found = pulumi.all([id, checked]).apply(async ([known]) => {
    const { clientId } = await azuread.getApplication({ objectId: parseApplicationId(known, where) }, { parent });
    const { objectId, applicationTenantId } = await azuread.getServicePrincipal({ clientId }, { parent });
    return { applicationId: known, clientId, principalId: objectId, tenantId: applicationTenantId };
  });
  return {
    ...{ clientId: found.clientId, principalId: found.principalId, tenantId: found.tenantId },
    key: identityKey(id),
    addCredential: toApplication(found.applicationId),
  };
}

/** The same for the same identity: ids ignore case. */
export function identityKey(id: pulumi.Input<string>): unknown {
  return typeof id === "string" ? id.toLowerCase() : id;
}
