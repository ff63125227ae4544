import { type Claims, claimValues } from "../../../claims";
import { OidcRunnerError } from "../../../errors";
import { gkeClusterOf, serviceAccountOf, workloadPool } from "../../../issuers";
import type { Explanation } from "../../../verdict";

/** Who a pod is to Google, from its token: what members are compared with. */
interface Workload {
  pool: string;
  cluster: string;
  namespace: string;
  serviceAccount: string;
  uid: string | undefined;
}

const POOL =
  "iam\\.googleapis\\.com/projects/\\d+/locations/global/workloadIdentityPools/([^/[\\]]+\\.svc\\.id\\.goog)";

/**
 * The members that stand for GKE's pods (IAM documentation, "Principal identifiers", and the GKE guide "Authenticate to
 * Google Cloud APIs from GKE workloads"): their form, and what of the workload has to be equal to its groups after the pool.
 */
const MEMBERS: [form: RegExp, parts: (workload: Workload) => (string | undefined)[]][] = [
  [/^serviceAccount:([^/[\]]+\.svc\.id\.goog)\[([^/[\]]+)\/([^/[\]]+)\]$/, (w) => [w.namespace, w.serviceAccount]],
  [new RegExp(`^principal://${POOL}/subject/ns/([^/]+)/sa/([^/]+)$`), (w) => [w.namespace, w.serviceAccount]],
  [new RegExp(`^principal://${POOL}/kubernetes\\.serviceaccount\\.uid/([^/]+)$`), (w) => [w.uid]],
  [new RegExp(`^principalSet://${POOL}/namespace/([^/]+)$`), (w) => [w.namespace]],
  [new RegExp(`^principalSet://${POOL}/kubernetes\\.cluster/(.+)$`), (w) => [w.cluster]],
];

/**
 * Whether Workload Identity Federation for GKE takes a pod with this token for this IAM member, and why. GKE's metadata
 * server gets the token for the pool's audience, and all clusters of a project share its one pool, so the cluster decides
 * only for `…/kubernetes.cluster/…`.
 *
 * Signature and times are taken as good, and so is the number of the project, which tokens don't have.
 *
 * @throws OidcRunnerError `GCP_MEMBER_INVALID` for a member that stands for no pods of GKE.
 */
export function evaluateWorkloadIdentity(member: string, claims: Claims): Explanation {
  const found = MEMBERS.map(([form, parts]) => ({ groups: form.exec(member), parts })).find(({ groups }) => groups);
  const [, pool, ...expected] = found?.groups ?? [];
  if (found === undefined || pool === undefined) {
    throw new OidcRunnerError("GCP_MEMBER_INVALID", `"${member}" stands for no pods of GKE`, {
      where: "members",
      fix: "give serviceAccount:PROJECT.svc.id.goog[NAMESPACE/NAME] or principal://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/PROJECT.svc.id.goog/subject/ns/NAMESPACE/sa/NAME",
    });
  }
  const workload = workloadOf(claims);
  if ("reasons" in workload) {
    return { decision: "deny", reasons: workload.reasons };
  }
  if (workload.pool !== pool) {
    return { decision: "deny", reasons: [`the cluster's pool is ${workload.pool}, the member's is ${pool}`] };
  }
  const actual = found.parts(workload);
  return expected.every((part, index) => part === actual[index])
    ? { decision: "allow", reasons: [`${member} is who the pod is`] }
    : { decision: "deny", reasons: [`expected ${expected.join("/")}, got ${actual.join("/")}`] };
}

function workloadOf(claims: Claims): Workload | { reasons: string[] } {
  const { iss, sub } = claims;
  const cluster = typeof iss === "string" ? gkeClusterOf(iss) : undefined;
  const account = serviceAccountOf(sub);
  if (cluster === undefined) {
    return { reasons: [`the issuer is not a GKE cluster: ${typeof iss === "string" ? iss : "no iss"}`] };
  }
  if (account === undefined) {
    return { reasons: [`the subject is not a ServiceAccount: ${typeof sub === "string" ? sub : "no sub"}`] };
  }
  const pool = workloadPool(cluster.project);
  const audiences = claimValues(claims, ["aud"]);
  if (!audiences.includes(pool)) {
    return { reasons: [`audience expected ${pool}, got ${audiences.join(", ") || "no aud"}`] };
  }
  const [uid] = claimValues(claims, ["kubernetes.io", "serviceaccount", "uid"]);
  const { namespace, serviceAccountName: serviceAccount } = account;
  return { pool, cluster: iss as string, namespace, serviceAccount, uid };
}
