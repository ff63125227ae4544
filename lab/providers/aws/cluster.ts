import type { Properties } from "../../../plugin/server";
import { LAB_ACCOUNT_ID } from "../../aws";
import { type CloudResource, ServiceError } from "../cloud";
import type { EksFacts } from "../cluster-facts";
import type { LabClient } from "../lab-client";
import { arnMistake } from "./forms";

const SETTINGS = {
  accessConfig: "object",
  bootstrapSelfManagedAddons: "boolean",
  computeConfig: "object",
  controlPlaneScalingConfig: "object",
  defaultAddonsToRemoves: "strings",
  deletionProtection: "boolean",
  enabledClusterLogTypes: "strings",
  encryptionConfig: "object",
  forceUpdateVersion: "boolean",
  kubeApiServerConfig: "object",
  kubeControllerManagerConfig: "object",
  kubeSchedulerConfig: "object",
  kubernetesNetworkConfig: "object",
  outpostConfig: "object",
  remoteNetworkConfig: "object",
  storageConfig: "object",
  upgradePolicy: "object",
  version: "string",
  zonalShiftConfig: "object",
} as const;

/**
 * `aws:eks/cluster:Cluster`: the cluster of that name that the lab has from its start. Its settings change nothing about it, and it stays
 * when the resource is deleted.
 */
export function clusterResource(lab: LabClient): CloudResource {
  const find = (name: unknown) => lab.find<EksFacts>(`/aws/clusters/${encodeURIComponent(String(name))}`);
  return {
    inputs: { ...SETTINGS, name: "string", region: "string", roleArn: "string", tags: "tags", vpcConfig: "object" },
    unsupported: ["region"],
    forms: { roleArn: arnMistake("role_arn") },
    required: ["roleArn", "vpcConfig"],
    forceNew: ["name"],
    computed: ["arn", "certificateAuthority", "endpoint", "identities", "status", "tagsAll"],
    nameInput: "name",
    async create(inputs) {
      const found = await find(inputs.name);
      if (found === undefined) {
        const what = `the lab makes no clusters, and none of its own is called ${JSON.stringify(inputs.name ?? "so")}: give the name of an EKS-shaped one (lab up --shape eks --cluster NAME)`;
        throw new ServiceError("InvalidParameterException", 400, what);
      }
      return { id: found.name, outputs: { ...inputs, ...outputs(found, inputs) } };
    },
    async read(id, state) {
      const found = await find(id);
      return found && { inputs: state, outputs: { ...state, ...outputs(found, state) } };
    },
    async update(id, inputs) {
      const found = await find(id);
      return found === undefined ? inputs : { ...inputs, ...outputs(found, inputs) };
    },
    async delete() {},
  };
}

function outputs(cluster: EksFacts, { tags = {}, kubernetesNetworkConfig }: Properties): Properties {
  return {
    arn: `arn:aws:eks:${cluster.region}:${LAB_ACCOUNT_ID}:cluster/${cluster.name}`,
    certificateAuthority: { data: cluster.certificateAuthority },
    endpoint: cluster.endpoint,
    identities: [{ oidcs: [{ issuer: cluster.issuer }] }],
    kubernetesNetworkConfig: { ipFamily: "ipv4", ...(kubernetesNetworkConfig as object | undefined) },
    name: cluster.name,
    status: "ACTIVE",
    tags,
    tagsAll: tags,
  };
}
