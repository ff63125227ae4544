import type * as pulumi from "@pulumi/pulumi";

/** An IAM role that is made. */
export interface AwsRole {
  /** Name, at most 64 characters. Default: the component's name and 7 random hexadecimal digits. */
  name?: pulumi.Input<string>;
  /** Beginning of the name, at most 38 characters; the AWS provider appends 26. Instead of `name`. */
  namePrefix?: pulumi.Input<string>;
  /** Path, which begins and ends with a slash. Default: `/`. */
  path?: pulumi.Input<string>;
  /** ARN of the policy that bounds the role's permissions. Default: none. */
  permissionsBoundary?: pulumi.Input<string>;
  /** Longest session, in seconds, 3600 to 43200. Default: IAM's 3600. */
  maxSessionDuration?: pulumi.Input<number>;
  /**
   * ARNs of managed policies to attach. Default: none. Give texts where they are known: an Output stands for its place in the
   * list, so new ones belong to the end.
   */
  managedPolicyArns?: pulumi.Input<string>[];
  /** Policies of the role's own, each JSON text by its name; together at most 10240 characters. Default: none. */
  inlinePolicies?: Record<string, pulumi.Input<string>>;
  /** Description, at most 1000 characters. Default: none. */
  description?: pulumi.Input<string>;
  /** Tags, at most 50. Default: those of the AWS provider. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Detach policies that others attached when the role is deleted; otherwise they stop its deletion. Default: false. */
  forceDetachPolicies?: pulumi.Input<boolean>;
}
