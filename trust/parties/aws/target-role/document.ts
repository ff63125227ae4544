import { OidcRunnerError } from "../../../errors";
import { checkRoleArn } from "../document";
import { CLUSTER_ARN, clusterArnInvalid, type PodIdentityTrust } from "../pod-identity";
import { isPolicy } from "../role";

/** For which pods, through which role, a target role of EKS Pod Identity is. */
export interface TargetRoleTrust extends PodIdentityTrust {
  /** ARN of the first role of the chain, which is of the cluster's account. */
  roleArn: string;
  /** Whether the association has session tags disabled, so that the external id tells pods apart. Default: false. */
  disableSessionTags?: boolean;
}

/** The trust policy of a target role. */
export interface TargetRolePolicy {
  Version: "2012-10-17";
  Statement: {
    Effect: "Allow";
    Action: string | string[];
    Principal: { AWS: string };
    Condition: { StringEquals: Record<string, string> };
  }[];
}

/**
 * What EKS Pod Identity gives as `sts:ExternalId` when it assumes the target role of an association without session tags:
 * `REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICE_ACCOUNT` (EKS User Guide, "Access AWS Resources using EKS Pod Identity Target IAM
 * Roles", awsdocs/amazon-eks-user-guide at 06e01eb0a6bd).
 *
 * @throws OidcRunnerError `CLUSTER_ARN_INVALID`
 */
export function podIdentityExternalId({ clusterArn, namespace, serviceAccountName }: PodIdentityTrust): string {
  const [, region, account, cluster] = CLUSTER_ARN.exec(clusterArn) ?? clusterArnInvalid(clusterArn);
  return [region, account, cluster, namespace, serviceAccountName].join("/");
}

/**
 * The trust policy by which the first role of a chain assumes the target role for one ServiceAccount of one cluster, and for
 * no other: by the transitive session tags or, where they are disabled, by the external id. The first role is named as a
 * condition, as the EKS User Guide has it, so that the policy still holds after that role was made again.
 *
 * @throws OidcRunnerError `CLUSTER_ARN_INVALID`, `ROLE_ARN_INVALID`
 */
export function targetRolePolicy(trust: TargetRoleTrust): TargetRolePolicy {
  const { roleArn, clusterArn, namespace, serviceAccountName } = trust;
  checkRoleArn(roleArn);
  const externalId = podIdentityExternalId(trust);
  const [, partition, , , account] = roleArn.split(":");
  const byRole = {
    Effect: "Allow" as const,
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
  };
  const role = { "aws:PrincipalArn": roleArn };
  if (trust.disableSessionTags) {
    return {
      Version: "2012-10-17",
      Statement: [
        {
          ...byRole,
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { ...role, "sts:ExternalId": externalId } },
        },
        // The guide allows it beside the external id, without a condition.
        { ...byRole, Action: "sts:TagSession", Condition: { StringEquals: role } },
      ],
    };
  }
  return {
    Version: "2012-10-17",
    Statement: [
      {
        ...byRole,
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            ...role,
            "aws:RequestTag/eks-cluster-arn": clusterArn,
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": serviceAccountName,
          },
        },
      },
    ],
  };
}

/** What lets the first role of a chain ask for the target role (the same page of the guide). */
export function assumeTargetPolicy(targetRoleArn: string): object {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: targetRoleArn }],
  };
}

/**
 * Refuses a session policy that EKS would refuse only after the role exists (EKS API Reference,
 * `CreatePodIdentityAssociation`).
 *
 * @throws OidcRunnerError `SESSION_POLICY_INVALID`
 */
export function checkSessionPolicy(text: string, where = "aws.podIdentity.policy"): void {
  if (!isPolicy(text)) {
    throw new OidcRunnerError("SESSION_POLICY_INVALID", "the session policy is not an IAM policy in JSON", {
      where,
      fix: 'give JSON text with "Version" and "Statement", such as JSON.stringify makes of an object',
    });
  }
}
