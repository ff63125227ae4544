import type { Properties } from "../../../plugin/server";
import type { Application } from "../../azure";
import type { CloudResource } from "../cloud";
import type { LabClient } from "../lab-client";

/** Path of an application in the lab, by the resource's id: `/applications/OBJECT-ID`. */
export function applicationPath(id: string): string {
  return `/azure/applications/${encodeURIComponent(id.replace(/^\/applications\//, ""))}`;
}

/** `azuread:index/application:Application`. */
export function applicationResource(lab: LabClient): CloudResource {
  const unsupported = {
    api: "object",
    appRoles: "objects",
    deviceOnlyAuthEnabled: "boolean",
    fallbackPublicClientEnabled: "boolean",
    featureTags: "objects",
    groupMembershipClaims: "strings",
    identifierUris: "strings",
    logoImage: "string",
    marketingUrl: "string",
    oauth2PostResponseRequired: "boolean",
    optionalClaims: "object",
    password: "object",
    preventDuplicateNames: "boolean",
    privacyStatementUrl: "string",
    publicClient: "object",
    requiredResourceAccesses: "objects",
    serviceManagementReference: "string",
    signInAudience: "string",
    singlePageApplication: "object",
    supportUrl: "string",
    templateId: "string",
    termsOfServiceUrl: "string",
    web: "object",
  } as const;
  return {
    inputs: {
      ...unsupported,
      description: "string",
      displayName: "string",
      notes: "string",
      owners: "strings",
      tags: "strings",
    },
    unsupported: Object.keys(unsupported),
    required: ["displayName"],
    forceNew: [],
    computed: ["clientId", "objectId", "publisherDomain"],
    async create(inputs) {
      const made = await lab.call<Application>("POST", "/azure/applications", settings(inputs));
      return { id: `/applications/${made.id}`, outputs: outputs(made) };
    },
    async read(id) {
      const found = await lab.find<Application>(applicationPath(id));
      return found && { inputs: inputsOf(found), outputs: outputs(found) };
    },
    async update(id, inputs) {
      return outputs(await lab.call<Application>("PUT", applicationPath(id), settings(inputs)));
    },
    async delete(id) {
      await lab.call("DELETE", applicationPath(id));
    },
  };
}

function settings({ displayName, description = "", notes = "", tags = [], owners = [] }: Properties) {
  return { displayName, description, notes, tags, owners };
}

function inputsOf({ displayName, description, notes, tags, owners }: Application): Properties {
  return { displayName, description, notes, tags, owners };
}

/** Outputs of the resource, and what the function of the same package tells. */
export function outputs(application: Application): Properties {
  const { id: objectId, appId: clientId } = application;
  return { ...inputsOf(application), clientId, objectId, publisherDomain: "lab.onmicrosoft.com" };
}
