import { randomUUID } from "node:crypto";
import type { Properties } from "../../../plugin/server";
import type { Credential } from "../../azure";
import { type CloudResource, ServiceError } from "../cloud";
import type { LabClient } from "../lab-client";
import { applicationPath } from "./application";

/** `azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential`. */
export function applicationCredentialResource(lab: LabClient): CloudResource {
  return {
    inputs: {
      applicationId: "string",
      audiences: "strings",
      description: "string",
      displayName: "string",
      issuer: "string",
      subject: "string",
    },
    required: ["applicationId", "audiences", "displayName", "issuer", "subject"],
    forms: {
      // The provider parses it before it asks Microsoft Graph.
      applicationId: (id) =>
        /^\/applications\/[^/]+$/.test(String(id)) ? undefined : `parsing "${String(id)}": it must be /applications/ID`,
    },
    forceNew: ["applicationId", "displayName"],
    computed: ["credentialId"],
    nameInput: "displayName",
    async create(inputs) {
      const path = `${applicationPath(String(inputs.applicationId))}/credentials`;
      if ((await lab.find(`${path}/${encodeURIComponent(String(inputs.displayName))}`)) !== undefined) {
        const what = `FederatedIdentityCredential with name ${String(inputs.displayName)} already exists.`;
        throw new ServiceError("Request_MultipleObjectsWithSameKeyValue", 409, what);
      }
      const made = await lab.call<Credential>("PUT", path, settings(inputs));
      const applicationId = String(inputs.applicationId).replace("/applications/", "");
      const credentialId = randomUUID();
      return {
        id: `${applicationId}/federatedIdentityCredential/${credentialId}`,
        outputs: { ...outputs(made, String(inputs.applicationId)), credentialId },
      };
    },
    async read(id, state) {
      const applicationId = `/applications/${id.split("/")[0]}`;
      // A credential is imported by its name, which Microsoft Graph takes for an id as well.
      const name = typeof state.displayName === "string" ? state.displayName : String(id.split("/").at(-1));
      const found = await lab.find<Credential>(
        `${applicationPath(applicationId)}/credentials/${encodeURIComponent(name)}`,
      );
      return found && { inputs: outputs(found, applicationId), outputs: outputs(found, applicationId) };
    },
    async update(_id, inputs, olds) {
      const path = `${applicationPath(String(inputs.applicationId))}/credentials`;
      const changed = await lab.call<Credential>("PUT", path, settings(inputs));
      return { ...outputs(changed, String(inputs.applicationId)), credentialId: olds.credentialId };
    },
    async delete(_id, state) {
      const path = applicationPath(String(state.applicationId));
      await lab.call("DELETE", `${path}/credentials/${encodeURIComponent(String(state.displayName))}`);
    },
  };
}

function settings({ displayName: name, issuer, subject, audiences, description }: Properties) {
  return { name, issuer, subject, audiences, description };
}

function outputs(credential: Credential, applicationId: string): Properties {
  const { name: displayName, issuer, subject, audiences, description = "" } = credential;
  return { applicationId, displayName, issuer, subject, audiences, description };
}
