import { randomBytes, randomUUID } from "node:crypto";
import { LAB_TENANT_ID } from "./azure";
import type { ClusterRequest } from "./types";

/** Project of the lab's GKE-shaped clusters, and of its Google resources. */
export const LAB_PROJECT = "lab-project";

/** Whose cluster a lab's cluster resembles: what its tokens' `iss` looks like. */
export type ClusterShape = "kubernetes" | "eks" | "gke" | "aks";

/** A cluster whose issuer URL has the form that the cloud's own clusters have. */
export function clusterOfShape(shape: ClusterShape, name = "lab"): ClusterRequest {
  switch (shape) {
    case "kubernetes":
      return { name, issuer: `https://${name}.kubernetes.example.com` };
    case "eks":
      return {
        name,
        issuer: `https://oidc.eks.us-west-2.amazonaws.com/id/${randomBytes(16).toString("hex").toUpperCase()}`,
      };
    case "gke":
      return {
        name,
        issuer: `https://container.googleapis.com/v1/projects/${LAB_PROJECT}/locations/europe-west1/clusters/${name}`,
      };
    case "aks":
      return { name, issuer: `https://westeurope.oic.prod-aks.azure.com/${LAB_TENANT_ID}/${randomUUID()}/` };
  }
}
