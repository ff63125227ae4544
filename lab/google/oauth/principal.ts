import { workloadPool } from "../gke-cluster";
import { projectNumber } from "../project-number";

/** A Kubernetes ServiceAccount of a GKE cluster, as a workload identity pool knows it. */
export interface WorkloadPrincipal {
  kind: "workload";
  /** Project of the pool. */
  project: string;
  namespace: string;
  serviceAccountName: string;
  /** Issuer of the cluster its token came from. */
  issuer: string;
}

/** Who an access token of Google's stands for. */
export type GooglePrincipal = WorkloadPrincipal | { kind: "serviceAccount"; email: string };

/**
 * Whether a member of an allow policy means this principal. Of a workload there are four forms (GKE documentation, "About
 * Workload Identity Federation for GKE", principal identifiers) and the older `serviceAccount:POOL[NAMESPACE/NAME]`. Only
 * the one that names a cluster tells clusters of one project apart (identity sameness).
 */
export function isMember(member: string, principal: GooglePrincipal): boolean {
  if (principal.kind === "serviceAccount") {
    return member === `serviceAccount:${principal.email}`;
  }
  const { project, namespace, serviceAccountName, issuer } = principal;
  const pool = workloadPool(project);
  const path = `//iam.googleapis.com/projects/${projectNumber(project)}/locations/global/workloadIdentityPools/${pool}`;
  return [
    `serviceAccount:${pool}[${namespace}/${serviceAccountName}]`,
    `principal:${path}/subject/ns/${namespace}/sa/${serviceAccountName}`,
    `principalSet:${path}/namespace/${namespace}`,
    `principalSet:${path}/kubernetes.cluster/${issuer}`,
    `principalSet:${path}/*`,
  ].includes(member);
}

/** How a principal is shown: the member that means it and nobody else. */
export function principalName(principal: GooglePrincipal): string {
  return principal.kind === "serviceAccount"
    ? `serviceAccount:${principal.email}`
    : `serviceAccount:${workloadPool(principal.project)}[${principal.namespace}/${principal.serviceAccountName}]`;
}
