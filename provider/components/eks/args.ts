import type * as pulumi from "@pulumi/pulumi";
import type { ExactlyOne } from "../../resources";
import type { AwsRole } from "../aws";

/** What EksPodIdentity is made of. */
export interface EksPodIdentityBlocks {
  /** Make a role that EKS Pod Identity assumes for this runner's ServiceAccount on this cluster, and for no other. */
  role?: AwsRole;
  /** Associate this role; its trust policy must admit `pods.eks.amazonaws.com`. Instead of `role`. */
  roleArn?: pulumi.Input<string>;
  /**
   * ARN of a role, of this or another account, whose credentials the pod gets: EKS Pod Identity assumes the first role and with
   * its session this one, for an hour at a time. The first role needs `sts:AssumeRole` and `sts:TagSession` on it, which a
   * `role` that is made gets as an inline policy; its own trust policy must be the output `targetRoleTrustPolicy`. Needs
   * `@pulumi/aws` with the property. Default: none.
   */
  targetRoleArn?: pulumi.Input<string>;
  /**
   * Leave out the session tags with cluster, namespace and ServiceAccount, where they make the session too large
   * (`PackedPolicyTooLarge`). Needs `roleArn`: the trust policy of a role that is made tells pods apart by these tags. A target
   * role gets an external id instead. Default: false.
   */
  disableSessionTags?: boolean;
  /**
   * Session policy, JSON text: the pod may do what both its role and this policy allow, or its target role if there is one.
   * EKS takes it only with `disableSessionTags`. Needs `@pulumi/aws` with the property. Default: none.
   */
  policy?: pulumi.Input<string>;
}

/**
 * Access to AWS by EKS Pod Identity: an association of the runner's ServiceAccount with a role. It needs the EKS Pod Identity
 * agent on the nodes, the cluster by name or resource, and a role of the cluster's account; no IAM OIDC provider.
 * Associations take effect some seconds after they are made.
 */
export type EksPodIdentity = ExactlyOne<EksPodIdentityBlocks, "role" | "roleArn">;

/** What EksAws is made of. */
export interface EksAwsBlocks {
  /** Make a role that only this runner's ServiceAccount may assume with a token of its own. */
  role?: AwsRole;
  /** Use this role with a token of the pod's own; its trust policy must admit the runner's ServiceAccount. */
  roleArn?: pulumi.Input<string>;
  /** Use EKS Pod Identity. */
  podIdentity?: EksPodIdentity;
  /**
   * Make the IAM OIDC provider for the cluster, which a `role` needs, once for all runners of the program on the cluster. An
   * account has one for each cluster: let one program make it, and the others find it (or fail with
   * `OIDC_PROVIDER_EXISTS`). Default: false, it is looked up.
   */
  createOidcProvider?: boolean;
  /** Region of the AWS clients in the pod. Default: that of the cluster's issuer. */
  region?: pulumi.Input<string>;
  /** Life of the pod's token for AWS, in seconds, 600 to 86400; the kubelet renews it at 80 % of it. Default: 600. */
  tokenExpirationSeconds?: pulumi.Input<number>;
}

/** Access of the runner to AWS: exactly one of `role`, `roleArn` and `podIdentity`. */
export type EksAws = ExactlyOne<EksAwsBlocks, "role" | "roleArn" | "podIdentity">;
