import type { Properties } from "../../../plugin/server";
import type { IdentityPool } from "../../gcp";
import type { CloudResource } from "../cloud";
import type { LabClient } from "../lab-client";

/** `gcp:iam/workloadIdentityPool:WorkloadIdentityPool`. */
export function identityPoolResource(lab: LabClient, project: () => string): CloudResource {
  const path = (id: string) => `/gcp/identity-pools/${encodeURIComponent(id)}`;
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
    unsupported: ["attestationRules", "deletionPolicy", "inlineCertificateIssuanceConfig", "inlineTrustConfig", "mode"],
    required: ["workloadIdentityPoolId"],
    forceNew: ["project", "workloadIdentityPoolId"],
    computed: ["mode", "name", "state"],
    nameInput: "workloadIdentityPoolId",
    check: (inputs) => ({ ...inputs, project: inputs.project ?? project() }),
    async create(inputs) {
      const { project: owner, workloadIdentityPoolId: poolId } = inputs;
      const body = { ...settings(inputs), project: owner, poolId };
      const made = await lab.call<IdentityPool>("POST", "/gcp/identity-pools", body);
      const id = `projects/${String(owner)}/locations/global/workloadIdentityPools/${String(poolId)}`;
      return { id, outputs: outputs(made) };
    },
    async read(id) {
      const found = await lab.find<IdentityPool>(path(id));
      return found && { inputs: inputsOf(found), outputs: outputs(found) };
    },
    async update(id, inputs) {
      return outputs(await lab.call<IdentityPool>("PUT", path(id), settings(inputs)));
    },
    async delete(id) {
      await lab.call("DELETE", path(id));
    },
  };
}

function settings({ description = "", disabled = false, displayName = "" }: Properties) {
  return { description, disabled, displayName };
}

function inputsOf({ description, disabled, displayName, project, poolId }: IdentityPool): Properties {
  return { description, disabled, displayName, project, workloadIdentityPoolId: poolId };
}

function outputs(pool: IdentityPool): Properties {
  return { ...inputsOf(pool), name: pool.name, mode: "FEDERATION_ONLY", state: "ACTIVE" };
}
