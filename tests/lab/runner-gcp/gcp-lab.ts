import type { ApiClient } from "../../../lab/cluster/api-client";
import { clusterOfShape, LAB_PROJECT } from "../../../lab/issuer-shapes";
import type { LabState } from "../../../lab/types";
import { startNodeLab } from "../cloud-runner/node-lab";

/** A lab with a GKE-shaped cluster of the lab's project and one of another, and administrators of both. */
export interface GcpLab {
  state: LabState;
  own: ApiClient;
  foreign: ApiClient;
  stop(): Promise<void>;
}

/** Starts a lab in a directory of its own; it ends with this process at the latest. */
export async function startGcpLab(): Promise<GcpLab> {
  const elsewhere = clusterOfShape("gke", "foreign");
  const issuer = elsewhere.issuer?.replace(`/projects/${LAB_PROJECT}/`, "/projects/other-project/");
  const { clients, ...lab } = await startNodeLab("google", [clusterOfShape("gke", "own"), { ...elsewhere, issuer }]);
  const [own, foreign] = clients;
  return { ...lab, own, foreign };
}
