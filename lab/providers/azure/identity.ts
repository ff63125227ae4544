import type { Properties } from "../../../plugin/server";
import { type Identity, identityId } from "../../azure";
import { type CloudResource, ServiceError } from "../cloud";
import type { LabClient } from "../lab-client";
import { withName } from "./autoname";

/** Path of an identity in the lab. */
export function identityPath(id: string): string {
  return `/azure/identities/${encodeURIComponent(id)}`;
}

/** `azure-native:managedidentity:UserAssignedIdentity`. */
export function identityResource(lab: LabClient, location: () => string): CloudResource {
  return {
    inputs: { location: "string", resourceGroupName: "string", resourceName: "string", tags: "tags" },
    required: ["resourceGroupName"],
    forceNew: ["location", "resourceGroupName", "resourceName"],
    computed: ["azureApiVersion", "clientId", "name", "principalId", "systemData", "tenantId", "type"],
    nameInput: "resourceName",
    check: (inputs, context) => ({
      ...withName(inputs, { ...context, input: "resourceName", kind: "name" }),
      location: inputs.location ?? location(),
    }),
    async create(inputs) {
      const { resourceGroupName, resourceName } = inputs;
      await refuseExisting(lab, identityPath, identityId(String(resourceGroupName), String(resourceName)));
      const made = await lab.call<Identity>("PUT", "/azure/identities", settings(inputs));
      return { id: made.id, outputs: outputs(made) };
    },
    async read(id) {
      const found = await lab.find<Identity>(identityPath(id));
      return found && { inputs: inputsOf(found), outputs: outputs(found) };
    },
    async update(_id, inputs) {
      return outputs(await lab.call<Identity>("PUT", "/azure/identities", settings(inputs)));
    },
    async delete(id) {
      await lab.call("DELETE", identityPath(id));
    },
  };
}

/**
 * Azure Resource Manager creates and changes by the same call, so that the provider looks first
 * (pulumi/pulumi-azure-native, provider/pkg/provider/crud, `CanCreate`).
 */
export async function refuseExisting(lab: LabClient, path: (id: string) => string, id: string): Promise<void> {
  if ((await lab.find(path(id))) !== undefined) {
    throw new ServiceError("AlreadyExists", 409, `cannot create already existing resource '${id}'`);
  }
}

function settings({ resourceName: name, resourceGroupName: resourceGroup, location, tags = {} }: Properties) {
  return { name, resourceGroup, location, tags };
}

function inputsOf({ name, resourceGroup, location, tags }: Identity): Properties {
  return { resourceName: name, resourceGroupName: resourceGroup, location, tags };
}

/** Outputs of the resource, and what the function of the same package tells. */
export function outputs(identity: Identity): Properties {
  const { name, location, tags, clientId, principalId, tenantId } = identity;
  return {
    ...{ azureApiVersion: "2023-01-31", clientId, location, name, principalId, tags, tenantId },
    systemData: {},
    type: "Microsoft.ManagedIdentity/userAssignedIdentities",
  };
}
