import * as pulumi from "@pulumi/pulumi";
import { type ChildOptions, peer } from "../lib";
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
  const azure = peer("@pulumi/azure-native", () => ({
    ...(require("@pulumi/azure-native/managedidentity/userAssignedIdentity") as typeof import("@pulumi/azure-native/managedidentity/userAssignedIdentity")),
    ...(require("@pulumi/azure-native/managedidentity/federatedIdentityCredential") as typeof import("@pulumi/azure-native/managedidentity/federatedIdentityCredential")),
  }));
  const resourceGroupName = pulumi.all([group, checked]).apply(([known]) => known);
  const identity = new azure.UserAssignedIdentity(name, { resourceGroupName, resourceName, location, tags }, options);
  const { clientId, principalId, tenantId } = identity;
  return {
    ...{ clientId, principalId, tenantId, identity },
    resources: [identity],
    addCredential: (credentialName, credential, credentialOptions) =>
      new azure.FederatedIdentityCredential(
        credentialName,
        {
          ...{ resourceGroupName, resourceName: identity.name },
          issuer: credential.issuer,
          subject: credential.apply(({ subject = "" }) => subject),
          audiences: credential.audiences,
        },
        credentialOptions,
      ),
  };
}
