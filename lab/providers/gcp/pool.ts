import type { PoolProvider, WorkloadIdentityPool } from "../../gcp";
import type { CloudResource } from "../cloud";
import type { LabClient } from "../lab-client";
import type { Properties } from "../plugin";

/** `gcp:iam/workloadIdentityPool:WorkloadIdentityPool`. */
export function poolResource(lab: LabClient, project: () => string): CloudResource {
  return {
    inputs: {
      attestationRules: "objects",
      deletionPolicy: "string",
      description: "string",
      disabled: "boolean",
      displayName: "string",
      inlineCertificateIssuanceConfig: "object",
      inlineTrustConfig: "object",
      mode: "string",
      project: "string",
      workloadIdentityPoolId: "string",
    },
    unsupported: [
      ...["attestationRules", "deletionPolicy", "inlineCertificateIssuanceConfig", "inlineTrustConfig", "mode"],
    ],
    required: ["workloadIdentityPoolId"],
    forceNew: ["project", "workloadIdentityPoolId"],
    computed: ["name", "state"],
    nameInput: "workloadIdentityPoolId",
    check: (inputs) => ({ ...inputs, project: inputs.project ?? project() }),
    async create(inputs) {
      const { project: owner, workloadIdentityPoolId: poolId } = inputs;
      const made = await lab.call<WorkloadIdentityPool>("POST", "/gcp/pools", {
        ...{ ...settings(inputs), project: owner, poolId },
      });
      return { id: poolIdOf(made), outputs: poolOutputs(made) };
    },
    async read(id) {
      const found = await lab.find<WorkloadIdentityPool>(`/gcp/pools/${pathOf(id)}`);
      if (found === undefined) {
        return undefined;
      }
      const { name: _, state: __, ...inputs } = poolOutputs(found);
      return { inputs, outputs: poolOutputs(found) };
    },
    async update(id, inputs) {
      return poolOutputs(await lab.call<WorkloadIdentityPool>("PUT", `/gcp/pools/${pathOf(id)}`, settings(inputs)));
    },
    async delete(id) {
      await lab.call("DELETE", `/gcp/pools/${pathOf(id)}`);
    },
  };
}

/** `gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider`, of OIDC alone. */
export function poolProviderResource(lab: LabClient, project: () => string): CloudResource {
  const path = (id: string) => `/gcp/pool-providers/${pathOf(id)}`;
  return {
    inputs: {
      attributeCondition: "string",
      attributeMapping: "tags",
      aws: "object",
      deletionPolicy: "string",
      description: "string",
      disabled: "boolean",
      displayName: "string",
      oidc: { allowedAudiences: "strings?", issuerUri: "string", jwksJson: "string?" },
      project: "string",
      saml: "object",
      workloadIdentityPoolId: "string",
      workloadIdentityPoolProviderId: "string",
      x509: "object",
    },
    unsupported: ["aws", "deletionPolicy", "saml", "x509"],
    required: ["workloadIdentityPoolId", "workloadIdentityPoolProviderId"],
    forceNew: ["project", "workloadIdentityPoolId", "workloadIdentityPoolProviderId"],
    computed: ["name", "state"],
    nameInput: "workloadIdentityPoolProviderId",
    check: (inputs) => ({ ...inputs, project: inputs.project ?? project() }),
    async create(inputs) {
      const { project: owner, workloadIdentityPoolId: poolId, workloadIdentityPoolProviderId: providerId } = inputs;
      const made = await lab.call<PoolProvider>("POST", "/gcp/pool-providers", {
        ...{ ...providerSettings(inputs), project: owner, poolId, providerId },
      });
      return { id: poolProviderId(made), outputs: poolProviderOutputs(made) };
    },
    async read(id) {
      const found = await lab.find<PoolProvider>(path(id));
      if (found === undefined) {
        return undefined;
      }
      const { name: _, state: __, ...inputs } = poolProviderOutputs(found);
      return { inputs, outputs: poolProviderOutputs(found) };
    },
    async update(id, inputs) {
      return poolProviderOutputs(await lab.call<PoolProvider>("PUT", path(id), providerSettings(inputs)));
    },
    async delete(id) {
      await lab.call("DELETE", path(id));
    },
  };
}

/** Id of a provider, as Pulumi knows it. */
export function poolProviderId({ providerId, ...pool }: PoolProvider): string {
  return `${poolIdOf(pool)}/providers/${providerId}`;
}

/** A provider as resource and function give it out. */
export function poolProviderOutputs(provider: PoolProvider): Properties {
  const { poolId, providerId, oidc, ...outputs } = provider;
  const { jwksJson, ...keyless } = oidc;
  return {
    ...{ ...outputs, state: "ACTIVE", oidc: jwksJson === "" ? keyless : oidc },
    ...{ workloadIdentityPoolId: poolId, workloadIdentityPoolProviderId: providerId },
  };
}

function poolIdOf({ project, poolId }: { project: string; poolId: string }): string {
  return `projects/${project}/locations/global/workloadIdentityPools/${poolId}`;
}

function poolOutputs({ poolId, ...pool }: WorkloadIdentityPool): Properties {
  return { ...pool, state: "ACTIVE", workloadIdentityPoolId: poolId };
}

/** `PROJECT/POOL` or `PROJECT/POOL/PROVIDER` of an id. */
function pathOf(id: string): string {
  const [, project, , , , pool, , provider] = id.split("/");
  return [project, pool, ...(provider === undefined ? [] : [provider])]
    .map((part) => encodeURIComponent(String(part)))
    .join("/");
}

function settings({ description = "", disabled = false, displayName = "" }: Properties) {
  return { description, disabled, displayName };
}

function providerSettings(inputs: Properties) {
  const { attributeMapping = {}, attributeCondition = "", oidc = {} } = inputs;
  const { issuerUri = "", allowedAudiences = [], jwksJson = "" } = oidc as Properties;
  return { ...settings(inputs), attributeMapping, attributeCondition, oidc: { issuerUri, allowedAudiences, jwksJson } };
}
