import type { Properties } from "../../../plugin/server";
import { LAB_TENANT_ID, type ServicePrincipal } from "../../azure";
import type { CloudResource } from "../cloud";
import type { LabClient } from "../lab-client";

/** `azuread:index/servicePrincipal:ServicePrincipal`. */
export function servicePrincipalResource(lab: LabClient): CloudResource {
  const path = (id: string) =>
    `/azure/service-principals/${encodeURIComponent(id.replace(/^\/servicePrincipals\//, ""))}`;
  const unsupported = {
    alternativeNames: "strings",
    appRoleAssignmentRequired: "boolean",
    featureTags: "objects",
    features: "objects",
    loginUrl: "string",
    notificationEmailAddresses: "strings",
    preferredSingleSignOnMode: "string",
    samlSingleSignOn: "object",
    useExisting: "boolean",
  } as const;
  return {
    inputs: {
      ...unsupported,
      accountEnabled: "boolean",
      clientId: "string",
      description: "string",
      notes: "string",
      owners: "strings",
      tags: "strings",
    },
    unsupported: Object.keys(unsupported),
    required: ["clientId"],
    forceNew: ["clientId"],
    computed: ["applicationTenantId", "displayName", "objectId", "type"],
    async create(inputs) {
      const made = await lab.call<ServicePrincipal>("POST", "/azure/service-principals", settings(inputs));
      return { id: `/servicePrincipals/${made.id}`, outputs: servicePrincipalOutputs(made) };
    },
    async read(id) {
      const found = await lab.find<ServicePrincipal>(path(id));
      return found && { inputs: inputsOf(found), outputs: servicePrincipalOutputs(found) };
    },
    async update(id, inputs) {
      return servicePrincipalOutputs(await lab.call<ServicePrincipal>("PUT", path(id), settings(inputs)));
    },
    async delete(id) {
      await lab.call("DELETE", path(id));
    },
  };
}

function settings({
  clientId: appId,
  accountEnabled = true,
  description = "",
  notes = "",
  tags = [],
  owners = [],
}: Properties) {
  return { appId, accountEnabled, description, notes, tags, owners };
}

function inputsOf({ appId: clientId, accountEnabled, description, notes, tags, owners }: ServicePrincipal): Properties {
  return { clientId, accountEnabled, description, notes, tags, owners };
}

/** What the resource, and the function of the same name, tell. */
export function servicePrincipalOutputs(principal: ServicePrincipal): Properties {
  const { id: objectId } = principal;
  return { ...inputsOf(principal), objectId, applicationTenantId: LAB_TENANT_ID, displayName: "", type: "Application" };
}
