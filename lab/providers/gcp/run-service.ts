import type { Properties } from "../../../plugin/server";
import { gcpError, type RunService } from "../../gcp";
import { type CloudResource, withAutoname } from "../cloud";
import type { LabClient } from "../lab-client";

/** `gcp:cloudrunv2/service:Service`. Its container is not run: the lab has the check of who may invoke it. */
export function runServiceResource(lab: LabClient, project: () => string): CloudResource {
  const path = (id: string) => `/gcp/run-services/${encodeURIComponent(id)}`;
  return {
    inputs: {
      annotations: "tags",
      binaryAuthorization: "object",
      buildConfig: "object",
      client: "string",
      clientVersion: "string",
      customAudiences: "strings",
      defaultUriDisabled: "boolean",
      deletionPolicy: "string",
      deletionProtection: "boolean",
      description: "string",
      iapEnabled: "boolean",
      ingress: "string",
      invokerIamDisabled: "boolean",
      labels: "tags",
      launchStage: "string",
      location: "string",
      multiRegionSettings: "object",
      name: "string",
      project: "string",
      scaling: "object",
      tags: "tags",
      template: "object",
      traffics: "objects",
    },
    unsupported: [
      ...["binaryAuthorization", "buildConfig", "defaultUriDisabled", "deletionPolicy", "iapEnabled", "ingress"],
      ...["multiRegionSettings", "tags", "traffics"],
    ],
    required: ["location", "template"],
    forceNew: ["location", "name", "project"],
    computed: ["uid", "uri", "urls"],
    nameInput: "name",
    check: (inputs, context) => {
      const own = project();
      return { deletionProtection: true, ...withAutoname(inputs, context, 49), project: inputs.project ?? own };
    },
    async create(inputs) {
      const { project: owner, location, name } = inputs;
      const body = { ...settings(inputs), project: owner, location, serviceId: name };
      const made = await lab.call<RunService>("POST", "/gcp/run-services", body);
      return { id: made.name, outputs: { ...inputs, ...outputs(made) } };
    },
    async read(id, state) {
      const found = await lab.find<RunService>(path(id));
      return found && { inputs: { ...state, ...inputsOf(found) }, outputs: outputs(found) };
    },
    async update(id, inputs) {
      return { ...inputs, ...outputs(await lab.call<RunService>("PUT", path(id), settings(inputs))) };
    },
    async delete(id, { deletionProtection }) {
      // Terraform's provider for Google, resource_cloud_run_v2_service.go.
      if (deletionProtection === true) {
        const fix = "set deletionProtection to false and update before";
        throw gcpError(400, "badRequest", `cannot destroy service without setting deletion_protection=false: ${fix}`);
      }
      await lab.call("DELETE", path(id));
    },
  };
}

function settings({ customAudiences = [], invokerIamDisabled = false }: Properties) {
  return { customAudiences, invokerIamDisabled };
}

function inputsOf({ project, location, serviceId, customAudiences, invokerIamDisabled }: RunService): Properties {
  return { project, location, name: serviceId, customAudiences, invokerIamDisabled };
}

function outputs(service: RunService): Properties {
  return { ...inputsOf(service), uid: service.name, uri: service.uri, urls: [service.uri] };
}
