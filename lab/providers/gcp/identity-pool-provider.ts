import type { Properties } from "../../../plugin/server";
import type { IdentityProvider } from "../../gcp";
import type { CloudResource } from "../cloud";
import type { LabClient } from "../lab-client";

/** `gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider`, for OpenID Connect. */
export function identityPoolProviderResource(lab: LabClient, project: () => string): CloudResource {
  const path = (id: string) => `/gcp/identity-pool-providers/${encodeURIComponent(id)}`;
  return {
    inputs: {
      attributeCondition: "string",
      attributeMapping: "tags",
      aws: { accountId: "string" },
      deletionPolicy: "string",
      description: "string",
      disabled: "boolean",
      displayName: "string",
      oidc: { allowedAudiences: "strings?", issuerUri: "string", jwksJson: "string?" },
      project: "string",
      saml: { idpMetadataXml: "string" },
      workloadIdentityPoolId: "string",
      workloadIdentityPoolProviderId: "string",
      x509: "object",
    },
    unsupported: ["aws", "deletionPolicy", "saml", "x509"],
    required: ["workloadIdentityPoolId", "workloadIdentityPoolProviderId"],
    forms: {
      oidc: (oidc) =>
        (oidc as { jwksJson?: string }).jwksJson === undefined
          ? undefined
          : "LAB_UNSUPPORTED_ARGUMENT: the lab does not support jwksJson",
    },
    forceNew: ["project", "workloadIdentityPoolId", "workloadIdentityPoolProviderId"],
    computed: ["name", "state"],
    nameInput: "workloadIdentityPoolProviderId",
    check: (inputs) => ({ ...inputs, project: inputs.project ?? project() }),
    async create(inputs) {
      const { project: owner, workloadIdentityPoolId: poolId, workloadIdentityPoolProviderId: providerId } = inputs;
      const body = { ...settings(inputs), project: owner, poolId, providerId };
      const made = await lab.call<IdentityProvider>("POST", "/gcp/identity-pool-providers", body);
      const pool = `projects/${String(owner)}/locations/global/workloadIdentityPools/${String(poolId)}`;
      return { id: `${pool}/providers/${String(providerId)}`, outputs: outputs(made) };
    },
    async read(id) {
      const found = await lab.find<IdentityProvider>(path(id));
      return found && { inputs: inputsOf(found), outputs: outputs(found) };
    },
    async update(id, inputs) {
      return outputs(await lab.call<IdentityProvider>("PUT", path(id), settings(inputs)));
    },
    async delete(id) {
      await lab.call("DELETE", path(id));
    },
  };
}

function settings(inputs: Properties) {
  const {
    description = "",
    disabled = false,
    displayName = "",
    attributeCondition = "",
    attributeMapping = {},
  } = inputs;
  const { issuerUri, allowedAudiences = [] } = (inputs.oidc ?? {}) as Properties;
  return { description, disabled, displayName, attributeCondition, attributeMapping, issuerUri, allowedAudiences };
}

function inputsOf(provider: IdentityProvider): Properties {
  const { description, disabled, displayName, attributeCondition, attributeMapping } = provider;
  const { project, poolId, providerId, issuerUri, allowedAudiences } = provider;
  return {
    ...{ description, disabled, displayName, attributeCondition, attributeMapping, project },
    oidc: { issuerUri, ...(allowedAudiences.length > 0 && { allowedAudiences }) },
    workloadIdentityPoolId: poolId,
    workloadIdentityPoolProviderId: providerId,
  };
}

function outputs(provider: IdentityProvider): Properties {
  return { ...inputsOf(provider), name: provider.name, state: "ACTIVE" };
}
