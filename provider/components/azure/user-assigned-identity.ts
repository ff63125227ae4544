import * as pulumi from "@pulumi/pulumi";
import { type ChildOptions, peer } from "../lib";
import { toIdentity } from "./add-credential";
import type { AzureIdentity } from "./identity-args";
import type { MadeAzureIdentity } from "./made-identity";

/**
 * Makes a user-assigned identity.
 *
 * @param checked resolves when what it is made for is proven; until then nothing is made
 */
export function makeUserAssignedIdentity(
  options: ChildOptions,
  name: string,
  { resourceGroupName: group, name: resourceName, location, tags }: AzureIdentity,
  checked: pulumi.Output<unknown>,
): MadeAzureIdentity {
  const { UserAssignedIdentity } = peer(
    "@pulumi/azure-native",
    () =>
      require("@pulumi/azure-native/managedidentity/userAssignedIdentity") as typeof import("@pulumi/azure-native/managedidentity/userAssignedIdentity"),
  );
  const resourceGroupName = pulumi.all([group, checked]).apply(([known]) => known);
  const identity = new UserAssignedIdentity(name, { resourceGroupName, resourceName, location, tags }, options);
  const { clientId, principalId, tenantId } = identity;
  return {
    ...{ clientId, principalId, tenantId, identity },
    resources: [identity],
    addCredential: toIdentity({ resourceGroupName, resourceName: identity.name }),
  };
}
