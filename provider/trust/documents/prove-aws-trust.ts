import { OidcRunnerError } from "../../errors";
import { STS_AUDIENCE } from "../issuers/eks";
import { type PodIdentity, podClaims, serviceAccountSubject } from "../issuers/kubernetes";
import { type AwsTrustPolicy, awsTrustPolicy } from "./aws";
import { evaluateAwsTrust } from "./aws-evaluate/evaluate-aws-trust";

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
  expectDecision(policy, pod, "allow");
  for (const neighbour of neighboursOf(pod)) {
    expectDecision(policy, neighbour, "deny");
  }
}

/** Pods that resemble the runner's and must not be taken for it. */
function neighboursOf(pod: PodIdentity): PodIdentity[] {
  const { issuerUrl, namespace, serviceAccountName, audience } = pod;
  return [
    { ...pod, serviceAccountName: `${serviceAccountName}-2` },
    { ...pod, serviceAccountName: `x${serviceAccountName}` },
    { ...pod, namespace: `${namespace}-2` },
    { ...pod, namespace: `x${namespace}` },
    { ...pod, audience: `${audience}-2` },
    { ...pod, audience: "https://kubernetes.default.svc" },
    { ...pod, issuerUrl: `${issuerUrl}2` },
  ];
}

function expectDecision(policy: AwsTrustPolicy, pod: PodIdentity, decision: "allow" | "deny"): void {
  if (evaluateAwsTrust(policy, podClaims(pod)).decision !== decision) {
    const who = `${serviceAccountSubject(pod.namespace, pod.serviceAccountName)} of ${pod.issuerUrl} with audience ${pod.audience}`;
    throw new OidcRunnerError(
      "TRUST_NOT_PROVEN",
      `the role's trust policy would ${decision === "allow" ? "refuse" : "admit"} ${who}`,
      {
        where: JSON.stringify(policy.Statement),
        fix: "this is a defect of the package: report it with the statement above",
      },
    );
  }
}
