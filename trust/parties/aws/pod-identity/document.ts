import { OidcRunnerError } from "../../../errors";
import { POD_IDENTITY_AUDIENCE } from "../../../issuers";

/** ARN of a cluster: its region, account and name. */
export const CLUSTER_ARN = /^arn:aws(?:-[a-z]+)*:eks:([a-z0-9-]+):(\d{12}):cluster\/([0-9A-Za-z][\w-]{0,99})$/;

/** Whom a role for EKS Pod Identity is for. */
export interface PodIdentityTrust {
  /** ARN of the cluster: `cluster.arn` of `aws eks describe-cluster`. */
  clusterArn: string;
  namespace: string;
  serviceAccountName: string;
}

/** The trust policy of a role that EKS Pod Identity assumes. */
export interface PodIdentityTrustPolicy {
  Version: "2012-10-17";
  Statement: {
    Effect: "Allow";
    Action: ["sts:AssumeRole", "sts:TagSession"];
    Principal: { Service: typeof POD_IDENTITY_AUDIENCE };
    Condition: { StringEquals: Record<string, string> };
  }[];
}

/**
 * The trust policy by which EKS Pod Identity assumes a role for one ServiceAccount of one cluster, and for no other: by the
 * tags it puts on the session (EKS User Guide, "Create IAM role with trust policy required by EKS Pod Identity"). Without
 * them anyone who may make associations in any cluster of the account could give the role to any pod.
 *
 * @throws OidcRunnerError `CLUSTER_ARN_INVALID`
 */
export function podIdentityTrustPolicy(trust: PodIdentityTrust): PodIdentityTrustPolicy {
  if (!CLUSTER_ARN.test(trust.clusterArn)) {
    clusterArnInvalid(trust.clusterArn);
  }
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Principal: { Service: POD_IDENTITY_AUDIENCE },
        Condition: {
          StringEquals: {
            "aws:RequestTag/eks-cluster-arn": trust.clusterArn,
            "aws:RequestTag/kubernetes-namespace": trust.namespace,
            "aws:RequestTag/kubernetes-service-account": trust.serviceAccountName,
          },
        },
      },
    ],
  };
}

/** The refusal of what is not the ARN of a cluster. */
export function clusterArnInvalid(arn: string): never {
  throw new OidcRunnerError("CLUSTER_ARN_INVALID", `"${arn}" is not the ARN of an EKS cluster`, {
    where: "cluster.arn",
    fix: "give arn:aws:eks:REGION:ACCOUNT:cluster/NAME, as `aws eks describe-cluster` prints it",
  });
}
