import type { Claims } from "../../../claims";
import { type GkeCluster, gkeIssuerUrl, kubernetes, type PodIdentity, podClaims, workloadPool } from "../../../issuers";
import { checkAdmitsOnly } from "../../../proof";
import { workloadIdentityMember, workloadIdentityPrincipal } from "./document";
import { evaluateWorkloadIdentity } from "./evaluate";

/** Whom an IAM member is to stand for. */
export interface GkeWorkload {
  cluster: GkeCluster;
  namespace: string;
  serviceAccountName: string;
  /** Number of the cluster's project, for a principal that gets roles itself; without it, a member of a service account. */
  projectNumber?: string;
}

/**
 * The IAM member for a ServiceAccount of a GKE cluster, proven: the runner's pod is who it stands for, its neighbours are
 * not. Grants take their member from here, so none is made from a trust that was not proven. What can't be proven, because
 * Google doesn't do it: that the same ServiceAccount of the project's other clusters is refused.
 *
 * @throws OidcRunnerError `GKE_CLUSTER_INVALID`, `GOOGLE_PROJECT_NUMBER_INVALID`, `TRUST_NOT_PROVEN`
 */
export function proveWorkloadIdentity(workload: GkeWorkload): string {
  const { cluster, namespace, serviceAccountName, projectNumber } = workload;
  const { project } = cluster;
  const member =
    projectNumber === undefined
      ? workloadIdentityMember(project, namespace, serviceAccountName)
      : workloadIdentityPrincipal({ project, projectNumber }, namespace, serviceAccountName);
  const issuerUrl = gkeIssuerUrl(cluster);
  checkMemberIsOnly(member, { issuerUrl, namespace, serviceAccountName, audience: workloadPool(project) }, project);
  return member;
}

/**
 * Refuses a member that does not stand for a pod, or that stands for one of its neighbours too: another ServiceAccount,
 * namespace, audience or a cluster of another project.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkMemberIsOnly(member: string, pod: PodIdentity, project: string): void {
  const decide = (claims: Claims) => evaluateWorkloadIdentity(member, claims).decision;
  const elsewhere = pod.issuerUrl.replace(`/projects/${project}/`, `/projects/${project}-2/`);
  const others = [
    { ...pod, issuerUrl: elsewhere },
    { ...pod, issuerUrl: elsewhere, audience: workloadPool(`${project}-2`) },
    { ...pod, issuerUrl: `${pod.issuerUrl}/` },
  ];
  checkAdmitsOnly(
    { name: "the IAM member", shown: member, decide },
    [podClaims(pod)],
    [...kubernetes.neighbours(podClaims(pod)), ...others.map(podClaims)],
  );
}
