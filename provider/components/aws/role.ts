import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { checkRoleOptions } from "../../../trust/parties/aws";
import { isKnown } from "../../resources";
import { kubernetesName } from "../../workload/pod";
import type { EksRole } from "../eks";
import { type ChildOptions, peer } from "../lib";

/** A role that was made, with everything that gives it its permissions. */
export interface MadeRole {
  arn: pulumi.Output<string>;
  /** The role itself, where it is made here. */
  role?: pulumi.CustomResource;
  /** Resolves when the trust is proven and the settings are good; until then no role is made. */
  checked: pulumi.Output<unknown>;
  resources: pulumi.Resource[];
}

/** A trust policy as JSON, and the partition its principals are in. */
export interface RoleTrust {
  policy: object;
  partition?: string;
}

/**
 * The role of a runner and its policies. It takes its trust policy from a proof.
 *
 * @param more inline policies besides the user's, by their names
 */
export function makeRole(
  options: ChildOptions,
  name: string,
  settings: EksRole,
  trust: pulumi.Output<RoleTrust>,
  where: string,
  more: Record<string, pulumi.Input<string>> = {},
): MadeRole {
  const aws = peer("@pulumi/aws", () => ({
    ...(require("@pulumi/aws/iam/role") as typeof import("@pulumi/aws/iam/role")),
    ...(require("@pulumi/aws/iam/rolePolicy") as typeof import("@pulumi/aws/iam/rolePolicy")),
    ...(require("@pulumi/aws/iam/rolePolicyAttachment") as typeof import("@pulumi/aws/iam/rolePolicyAttachment")),
  }));
  const childName = kubernetesName(name);
  const { managedPolicyArns = [], inlinePolicies = {}, ...own } = settings;
  const assumeRolePolicy = pulumi
    .output({ settings, trust })
    .apply(({ settings: known, trust: { policy, partition } }) => {
      checkRoleOptions(known, where, partition);
      return JSON.stringify(policy);
    });
  const role = new aws.Role(childName, { ...own, assumeRolePolicy }, options);
  const attached = managedPolicyArns.map(
    (policyArn, index) =>
      new aws.RolePolicyAttachment(
        `${childName}-${isKnown(policyArn) ? digest(policyArn as string) : index}`,
        { role: role.name, policyArn },
        options,
      ),
  );
  const inline = Object.entries({ ...inlinePolicies, ...more }).map(
    ([policyName, policy]) =>
      new aws.RolePolicy(`${childName}-${policyName}`, { role: role.name, name: policyName, policy }, options),
  );
  return { arn: role.arn, role, checked: assumeRolePolicy, resources: [role, ...attached, ...inline] };
}

/** Named by its policy and not by its place: otherwise the policy behind one that is taken out would be detached with it. */
function digest(policyArn: string): string {
  return createHash("sha256").update(policyArn).digest("hex").slice(0, 8);
}
