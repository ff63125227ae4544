import type { ApiClient } from "../../../lab/cluster/api-client";
import { clusterOfShape } from "../../../lab/issuer-shapes";
import type { LabState } from "../../../lab/types";
import { startNodeLab } from "../cloud-runner/node-lab";

/** A lab with two AKS-shaped clusters, and administrators of both. */
export interface AzureLab {
  state: LabState;
  first: ApiClient;
  second: ApiClient;
  stop(): Promise<void>;
}

/** Starts a lab in a directory of its own; it ends with this process at the latest. */
export async function startAzureLab(): Promise<AzureLab> {
  const clusters = [clusterOfShape("aks", "first"), clusterOfShape("aks", "second")] as const;
  const { clients, ...lab } = await startNodeLab("azure", [...clusters]);
  const [first, second] = clients;
  return { ...lab, first, second };
}
