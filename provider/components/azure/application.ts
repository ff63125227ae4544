import * as pulumi from "@pulumi/pulumi";
import { type ChildOptions, peer } from "../lib";
import { toApplication } from "./add-credential";
import type { AzureApplication } from "./identity-args";
import type { MadeAzureIdentity } from "./made-identity";

/**
 * Makes an application of Entra ID and its service principal.
 *
 * @param checked resolves when what it is made for is proven; until then nothing is made
 */
export function makeApplication(
  options: ChildOptions,
  name: string,
  { displayName: given, owners }: AzureApplication,
  checked: pulumi.Output<unknown>,
): MadeAzureIdentity {
  const azuread = peer("@pulumi/azuread", () => ({
    ...(require("@pulumi/azuread/application") as typeof import("@pulumi/azuread/application")),
    ...(require("@pulumi/azuread/servicePrincipal") as typeof import("@pulumi/azuread/servicePrincipal")),
  }));
  const displayName = pulumi.all([given, checked]).apply(([known]) => known ?? name);
  const application = new azuread.Application(name, { displayName, owners }, options);
  const { clientId } = application;
  const principal = new azuread.ServicePrincipal(name, { clientId, owners }, options);
  return {
    clientId,
    principalId: principal.objectId,
    tenantId: principal.applicationTenantId,
    identity: application,
    resources: [application, principal],
    addCredential: toApplication(application.id),
  };
}
