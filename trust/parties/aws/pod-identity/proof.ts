import { claimValues } from "../../../claims";
import { kubernetes, POD_IDENTITY_AUDIENCE, podClaims } from "../../../issuers";
import { checkAdmitsOnly as admitsOnly } from "../../../proof";
import { type PodIdentityTrust, type PodIdentityTrustPolicy, podIdentityTrustPolicy } from "./document";
import { evaluatePodIdentityTrust } from "./evaluate";

/**
 * The trust policy of `podIdentityTrustPolicy`, proven: EKS Pod Identity may assume the role for the runner's pod, and for
 * none of its neighbours. The role takes its document from here, so none is made from a trust that was not proven.
 *
 * @throws OidcRunnerError `CLUSTER_ARN_INVALID`, `TRUST_NOT_PROVEN`
 */
export function provePodIdentity(trust: PodIdentityTrust): PodIdentityTrustPolicy {
  const policy = podIdentityTrustPolicy(trust);
  checkAdmitsOnly(policy, trust);
  return policy;
}

/**
 * Refuses a trust policy that does not admit a pod, or that admits one of its neighbours: another ServiceAccount,
 * namespace or cluster.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkAdmitsOnly(policy: PodIdentityTrustPolicy, trust: PodIdentityTrust): void {
  const { clusterArn, namespace, serviceAccountName } = trust;
  // The policy sees no token, only what EKS read from it: the cluster stands where the issuer of its tokens would.
  const pod = { issuerUrl: clusterArn, namespace, serviceAccountName, audience: POD_IDENTITY_AUDIENCE };
  admitsOnly(
    {
      name: "the role's trust policy",
      shown: policy.Statement,
      decide: (claims) => {
        const [cluster = "", sub = ""] = [claims.iss, claims.sub].map(String);
        const [, , itsNamespace = "", itsName = ""] = sub.split(":");
        // EKS takes no token for another audience to the role (EKS User Guide, "How EKS Pod Identity works").
        return claimValues(claims, ["aud"]).includes(POD_IDENTITY_AUDIENCE)
          ? evaluatePodIdentityTrust(policy, {
              "eks-cluster-arn": cluster,
              "eks-cluster-name": cluster.slice(cluster.indexOf("/") + 1),
              "kubernetes-namespace": itsNamespace,
              "kubernetes-service-account": itsName,
            }).decision
          : "deny";
      },
    },
    [podClaims(pod)],
    [...kubernetes.neighbours(podClaims(pod)), podClaims({ ...pod, issuerUrl: `${clusterArn}2` })],
  );
}
