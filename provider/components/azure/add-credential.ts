import type * as pulumi from "@pulumi/pulumi";
import type { AzureCredential } from "../../../trust/parties/azure";
import { peer } from "../lib";
import type { AzureIdentityClient } from "./made-identity";

type AddCredential = AzureIdentityClient["addCredential"];

/** Adds federated credentials to a user-assigned identity. */
export function toIdentity(
  identity: Record<"resourceGroupName" | "resourceName", pulumi.Input<string>>,
): AddCredential {
  const { FederatedIdentityCredential } = peer(
    "@pulumi/azure-native",
    () =>
      require("@pulumi/azure-native/managedidentity/federatedIdentityCredential") as typeof import("@pulumi/azure-native/managedidentity/federatedIdentityCredential"),
  );
  return (name, credential, options) =>
    new FederatedIdentityCredential(name, { ...identity, ...argsOf(credential) }, options);
}

/** Adds federated credentials to an application. */
export function toApplication(applicationId: pulumi.Input<string>): AddCredential {
  const { ApplicationFederatedIdentityCredential } = peer(
    "@pulumi/azuread",
    () =>
      require("@pulumi/azuread/applicationFederatedIdentityCredential") as typeof import("@pulumi/azuread/applicationFederatedIdentityCredential"),
  );
  return (name, credential, options) => {
    const args = { applicationId, displayName: urlName(name), ...argsOf(credential) };
    return new ApplicationFederatedIdentityCredential(name, args, options);
  };
}

function argsOf(credential: pulumi.Output<AzureCredential>) {
  const { issuer, audiences } = credential;
  return { issuer, audiences, subject: credential.apply(({ subject = "" }) => subject) };
}

/** A name as Microsoft Graph takes it: at most 120 characters that can stand in a URL (Graph reference, `federatedIdentityCredential`). */
function urlName(name: string): string {
  return name.replace(/[^\w-]/g, "-").slice(-120);
}
