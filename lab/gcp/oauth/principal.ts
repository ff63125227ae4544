import type { Claims } from "../../../trust/claims";
import { evaluateGcpTrust } from "../../../trust/parties/gcp/evaluate";
import { evaluateWorkloadIdentity } from "../../../trust/parties/gcp/workload-identity";
import { type IdentityProvider, providerDocument } from "../identity-pools";
import { projectNumber } from "../project-number";

/** A Kubernetes ServiceAccount of a GKE cluster, as the workload identity pool of its project knows it. */
export interface WorkloadPrincipal {
  kind: "workload";
  /** Project of the pool. */
  project: string;
  /** Of its token, verified. */
  claims: Claims;
}

/** Who a token is to a pool that a user made. */
export interface FederatedPrincipal {
  kind: "federated";
  provider: IdentityProvider;
  /** Of the token, verified. */
  claims: Claims;
}

/** Who an access token of Google's stands for. */
export type GcpPrincipal = WorkloadPrincipal | FederatedPrincipal | { kind: "serviceAccount"; email: string };

/** Members that can mean pods of GKE; all others mean somebody else. */
const OF_PODS = /^(serviceAccount:[^[]+\.svc\.id\.goog\[|principal:\/\/|principalSet:\/\/)/;

/** Whether a member of an allow policy means this principal. */
export function isMember(member: string, principal: GcpPrincipal): boolean {
  if (principal.kind === "serviceAccount") {
    return member === `serviceAccount:${principal.email}`;
  }
  if (principal.kind === "federated") {
    return isFederatedMember(member, principal);
  }
  const { project, claims } = principal;
  // A token has no project number, so the evaluator can't compare it.
  const [, number = projectNumber(project)] =
    /^[A-Za-z]+:\/\/iam\.googleapis\.com\/projects\/(\d+)\//.exec(member) ?? [];
  if (number !== projectNumber(project) || !OF_PODS.test(member)) {
    return false;
  }
  try {
    return evaluateWorkloadIdentity(member, claims).decision === "allow";
  } catch {
    // A member of another kind of pool.
    return false;
  }
}

function isFederatedMember(member: string, { provider, claims }: FederatedPrincipal): boolean {
  try {
    return evaluateGcpTrust(providerDocument(provider, [member]), claims).decision === "allow";
  } catch {
    // A member that is not of such a pool.
    return false;
  }
}

/** How a principal is shown in the lab's log. */
export function principalName(principal: GcpPrincipal): string {
  return principal.kind === "serviceAccount"
    ? principal.email
    : `${String(principal.claims.sub)} of ${String(principal.claims.iss)}`;
}
