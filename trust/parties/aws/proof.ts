import type { Claims } from "../../claims";
import { type PodIdentity, STS_AUDIENCE } from "../../issuers";
import { checkAdmitsOnly as admitsOnly } from "../../proof";
import { type AwsTrustPolicy, awsTrustPolicy } from "./document";
import { evaluateAwsTrust } from "./evaluate";

/**
 * The trust policy of `awsTrustPolicy`, proven: the AWS token of the runner's pod may assume the role, those of its
 * neighbours may not. The role takes its document from here, so none is made from a trust that was not proven.
 *
 * @throws OidcRunnerError `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`, `TRUST_NOT_PROVEN`
 */
export function proveAwsTrust(trust: Parameters<typeof awsTrustPolicy>[0]): AwsTrustPolicy {
  const policy = awsTrustPolicy(trust);
  const { issuerUrl, namespace, serviceAccountName } = trust;
  checkAdmitsOnly(policy, { issuerUrl, namespace, serviceAccountName, audience: STS_AUDIENCE });
  return policy;
}

/**
 * Refuses a trust policy that does not admit a pod, or that admits one of its neighbours: another ServiceAccount,
 * namespace, audience or cluster.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkAdmitsOnly(policy: AwsTrustPolicy, pod: PodIdentity): void {
  const decide = (claims: Claims) => evaluateAwsTrust(policy, claims).decision;
  const otherCluster = { ...pod, issuerUrl: `${pod.issuerUrl}2` };
  admitsOnly({ name: "the role's trust policy", shown: policy.Statement, decide }, pod, [otherCluster]);
}
