import type { Properties } from "../../../plugin/server";
import { type Credential, identityId } from "../../azure";
import type { CloudResource } from "../cloud";
import type { LabClient } from "../lab-client";
import { withName } from "./autoname";
import { identityPath, refuseExisting } from "./identity";

const NAME = "federatedIdentityCredentialResourceName";

/** `azure-native:managedidentity:FederatedIdentityCredential`. */
export function identityCredentialResource(lab: LabClient): CloudResource {
  return {
    inputs: {
      audiences: "strings",
      [NAME]: "string",
      issuer: "string",
      resourceGroupName: "string",
      resourceName: "string",
      subject: "string",
    },
    required: ["audiences", "issuer", "resourceGroupName", "resourceName", "subject"],
    forceNew: [NAME, "resourceGroupName", "resourceName"],
    computed: ["azureApiVersion", "name", "systemData", "type"],
    nameInput: NAME,
    check: (inputs, context) => withName(inputs, { ...context, input: NAME, kind: "name" }),
    async create(inputs) {
      const identity = identityId(String(inputs.resourceGroupName), String(inputs.resourceName));
      const id = `${identity}/federatedIdentityCredentials/${String(inputs[NAME])}`;
      await refuseExisting(lab, path, id);
      return { id, outputs: outputs(await put(lab, identity, inputs)) };
    },
    async read(id) {
      const found = await lab.find<Credential>(path(id));
      const [, resourceGroupName, resourceName] =
        /\/resourceGroups\/([^/]+)\/.*\/userAssignedIdentities\/([^/]+)/.exec(id) ?? [];
      return (
        found && {
          inputs: { ...inputsOf(found), resourceGroupName, resourceName },
          outputs: outputs(found),
        }
      );
    },
    async update(id, inputs) {
      return outputs(await put(lab, partsOf(id).identity, inputs));
    },
    async delete(id) {
      await lab.call("DELETE", path(id));
    },
  };
}

function put(lab: LabClient, identity: string, inputs: Properties): Promise<Credential> {
  const { issuer, subject, audiences } = inputs;
  return lab.call("PUT", `${identityPath(identity)}/credentials`, { name: inputs[NAME], issuer, subject, audiences });
}

function partsOf(id: string): { identity: string; name: string } {
  const [identity = "", name = ""] = id.split("/federatedIdentityCredentials/");
  return { identity, name };
}

function path(id: string): string {
  const { identity, name } = partsOf(id);
  return `${identityPath(identity)}/credentials/${encodeURIComponent(name)}`;
}

function inputsOf({ name, issuer, subject, audiences }: Credential): Properties {
  return { [NAME]: name, issuer, subject, audiences };
}

function outputs({ name, issuer, subject, audiences }: Credential): Properties {
  return {
    ...{ audiences, azureApiVersion: "2023-01-31", issuer, name, subject, systemData: {} },
    type: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
  };
}
