import type { Properties, ResourceProvider } from "../../../plugin/server";
import { type Application, LAB_TENANT_ID, type ServicePrincipal } from "../../azure";
import { cloudProvider } from "../cloud";
import { type LabClient, labClient } from "../lab-client";
import { outputs as applicationOutputs, applicationPath, applicationResource } from "./application";
import { applicationCredentialResource } from "./application-credential";
import { azureNativeFunctions } from "./functions";
import { identityResource } from "./identity";
import { identityCredentialResource } from "./identity-credential";
import { roleAssignmentResource } from "./role-assignment";
import { servicePrincipalOutputs, servicePrincipalResource } from "./service-principal";

/** Where resources go that name no region: the real provider takes their resource group's. */
const LOCATION = "westeurope";

/** Who calls, as both providers tell it. */
const CALLER = { clientId: "00000000-0000-0000-0000-0000000000c1", objectId: "00000000-0000-0000-0000-0000000000c2" };

/** The stand-in for the official azure-native provider: resources live in the lab. It takes no credentials and sends none. */
export function azureNativeProvider(lab: LabClient = labClient()): ResourceProvider {
  let location = LOCATION;
  return cloudProvider({
    name: "azure-native",
    configure(config: Properties) {
      location = typeof config.location === "string" && config.location !== "" ? config.location : LOCATION;
    },
    resources: {
      "azure-native:managedidentity:UserAssignedIdentity": identityResource(lab, () => location),
      "azure-native:managedidentity:FederatedIdentityCredential": identityCredentialResource(lab),
      "azure-native:authorization:RoleAssignment": roleAssignmentResource(lab),
    },
    functions: azureNativeFunctions(lab, CALLER, () => location),
  });
}

/** The stand-in for the official azuread provider. */
export function azureAdProvider(lab: LabClient = labClient()): ResourceProvider {
  return cloudProvider({
    name: "azuread",
    configure() {},
    resources: {
      "azuread:index/application:Application": applicationResource(lab),
      "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential":
        applicationCredentialResource(lab),
      "azuread:index/servicePrincipal:ServicePrincipal": servicePrincipalResource(lab),
    },
    functions: {
      "azuread:index/getClientConfig:getClientConfig": async () => ({ ...CALLER, id: "", tenantId: LAB_TENANT_ID }),
      "azuread:index/getApplication:getApplication": async ({ objectId }) => {
        const found = await lab.call<Application>("GET", applicationPath(String(objectId)));
        return { ...applicationOutputs(found), id: `/applications/${found.id}` };
      },
      "azuread:index/getServicePrincipal:getServicePrincipal": async ({ clientId }) => {
        const { principals } = await lab.call<{ principals: ServicePrincipal[] }>("GET", "/azure/service-principals");
        const found = principals.find(({ appId }) => appId === clientId);
        if (found === undefined) {
          throw new Error(`No service principal found matching client ID: "${String(clientId)}"`);
        }
        return { ...servicePrincipalOutputs(found), id: `/servicePrincipals/${found.id}` };
      },
    },
  });
}
