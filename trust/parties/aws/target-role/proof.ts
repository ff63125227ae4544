import { claimValues } from "../../../claims";
import { kubernetes, POD_IDENTITY_AUDIENCE, podClaims } from "../../../issuers";
import { checkAdmitsOnly } from "../../../proof";
import { evaluateTargetRoleTrust } from "../pod-identity";
import { podIdentityExternalId, type TargetRolePolicy, type TargetRoleTrust, targetRolePolicy } from "./document";

/**
 * The trust policy of `targetRolePolicy`, proven: the target role may be assumed for the runner's pod through the first role,
 * and neither for its neighbours nor through another role.
 *
 * @throws OidcRunnerError `CLUSTER_ARN_INVALID`, `ROLE_ARN_INVALID`, `TRUST_NOT_PROVEN`
 */
export function proveTargetRole(trust: TargetRoleTrust): TargetRolePolicy {
  const policy = targetRolePolicy(trust);
  checkTargetAdmitsOnly(policy, trust);
  return policy;
}

/**
 * Refuses a trust policy of a target role that does not admit a pod, or that admits one of its neighbours: another
 * ServiceAccount, namespace or cluster, or the same pod through another role.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkTargetAdmitsOnly(policy: TargetRolePolicy, trust: TargetRoleTrust): void {
  const { clusterArn, namespace, serviceAccountName, roleArn, disableSessionTags } = trust;
  // The cluster and the role stand where the issuer of the pod's token would: the policy sees no token.
  const pod = { issuerUrl: `${clusterArn} ${roleArn}`, namespace, serviceAccountName, audience: POD_IDENTITY_AUDIENCE };
  const decide = (claims: { iss?: unknown; sub?: unknown }): "allow" | "deny" => {
    const [cluster = "", role = ""] = String(claims.iss).split(" ");
    const [, , itsNamespace = "", itsName = ""] = String(claims.sub).split(":");
    const subject = { clusterArn: cluster, namespace: itsNamespace, serviceAccountName: itsName };
    const identity = disableSessionTags
      ? { externalId: podIdentityExternalId(subject) }
      : {
          tags: {
            "eks-cluster-arn": cluster,
            "eks-cluster-name": cluster.slice(cluster.indexOf("/") + 1),
            "kubernetes-namespace": itsNamespace,
            "kubernetes-service-account": itsName,
          },
        };
    return claimValues(claims, ["aud"]).includes(POD_IDENTITY_AUDIENCE)
      ? evaluateTargetRoleTrust(policy, { roleArn: role, ...identity }).decision
      : "deny";
  };
  checkAdmitsOnly(
    { name: "the target role's trust policy", shown: policy.Statement, decide },
    [podClaims(pod)],
    [
      ...kubernetes.neighbours(podClaims(pod)),
      podClaims({ ...pod, issuerUrl: `${clusterArn}2 ${roleArn}` }),
      podClaims({ ...pod, issuerUrl: `${clusterArn} ${roleArn}2` }),
    ],
  );
}
