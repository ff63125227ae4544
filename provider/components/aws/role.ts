import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Claims } from "../../../trust/claims";
import {
  type AwsTrust,
  checkPolicyLength,
  checkRoleOptions,
  POLICY_LENGTH,
  proveAwsTrust,
} from "../../../trust/parties/aws";
import { isKnown } from "../../resources";
import { type ChildOptions, peer } from "../lib";
import { refuseUnknownPolicies } from "./managed-policies";
import type { AwsRole } from "./role-args";

/** A role that was made, with everything that gives it its permissions. */
export interface MadeRole {
  arn: pulumi.Output<string>;
  /** The role itself, where it is made here. */
  role?: pulumi.CustomResource;
  /** Resolves when the trust is proven; until then no role is made. */
  checked: pulumi.Output<unknown>;
  resources: pulumi.Resource[];
}

/** A trust policy as JSON, and the partition its principals are in. */
export interface RoleTrust {
  policy: object;
  partition?: string;
}

/** The tokens that may assume a role, by the account's provider, and the neighbours that may not. */
export interface TokenTrust extends AwsTrust {
  neighbours: readonly Claims[];
  /** Tokens that the subjects stand for. Default: of each subject one. */
  tokens?: readonly Claims[];
  /** Characters of the trust policy at most. Default: IAM's quota as it is without a raise. */
  longest?: number;
}

/** A role for tokens of one issuer, subject and audience, when its trust policy is proven. */
export function makeTokenRole(
  options: ChildOptions,
  name: string,
  settings: AwsRole,
  trust: pulumi.Output<TokenTrust>,
  where: string,
): MadeRole {
  const proven = trust.apply(({ neighbours, tokens, longest = POLICY_LENGTH.usual, ...wanted }) => {
    const policy = proveAwsTrust(wanted, neighbours, tokens);
    checkPolicyLength(policy, longest, where);
    return { policy, partition: partitionOf(wanted.oidcProviderArn) };
  });
  return makeRole(options, name, settings, proven, where);
}

/**
 * A role and its policies. It takes its trust policy from a proof.
 *
 * @param more inline policies besides the user's, by their names
 */
export function makeRole(
  options: ChildOptions,
  name: string,
  settings: AwsRole,
  trust: pulumi.Output<RoleTrust>,
  where: string,
  more: Record<string, pulumi.Input<string>> = {},
): MadeRole {
  const aws = peer("@pulumi/aws", () => ({
    ...(require("@pulumi/aws/iam/role") as typeof import("@pulumi/aws/iam/role")),
    ...(require("@pulumi/aws/iam/rolePolicy") as typeof import("@pulumi/aws/iam/rolePolicy")),
    ...(require("@pulumi/aws/iam/rolePolicyAttachment") as typeof import("@pulumi/aws/iam/rolePolicyAttachment")),
  }));
  const { managedPolicyArns = [], inlinePolicies = {}, ...own } = settings;
  const assumeRolePolicy = pulumi
    .output({ policies: { managedPolicyArns, permissionsBoundary: own.permissionsBoundary }, trust })
    .apply(async ({ policies, trust: { policy, partition } }) => {
      // The caller has checked the settings; the partition is known only now.
      checkRoleOptions(policies, where, partition);
      const { managedPolicyArns: arns, permissionsBoundary: boundary } = policies;
      const place = (arn: string) =>
        arns.includes(arn) ? `${where}.managedPolicyArns[${arns.indexOf(arn)}]` : `${where}.permissionsBoundary`;
      await refuseUnknownPolicies([...arns, ...(boundary === undefined ? [] : [boundary])], options.parent, place);
      return JSON.stringify(policy);
    });
  const role = new aws.Role(name, { ...own, assumeRolePolicy }, options);
  const attached = managedPolicyArns.map(
    (policyArn, index) =>
      new aws.RolePolicyAttachment(
        `${name}-${isKnown(policyArn) ? digest(policyArn as string) : index}`,
        { role: role.name, policyArn },
        options,
      ),
  );
  const inline = Object.entries({ ...inlinePolicies, ...more }).map(
    ([policyName, policy]) =>
      new aws.RolePolicy(`${name}-${policyName}`, { role: role.name, name: policyName, policy }, options),
  );
  return { arn: role.arn, role, checked: assumeRolePolicy, resources: [role, ...attached, ...inline] };
}

/** Named by its policy and not by its place: otherwise the policy behind one that is taken out would be detached with it. */
function digest(policyArn: string): string {
  return createHash("sha256").update(policyArn).digest("hex").slice(0, 8);
}

/** `aws`, `aws-cn`, `aws-us-gov`, …, of an ARN. */
export function partitionOf(arn: string): string | undefined {
  return arn.split(":")[1];
}
