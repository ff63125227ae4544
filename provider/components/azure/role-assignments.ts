import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import {
  type AzureRoleOnScope,
  broadAzureRole,
  checkAzureRole,
  checkAzureRoles,
  roleAssignmentName,
  roleDefinitionId,
} from "../../../trust/parties/azure";
import { isKnown } from "../../resources";
import { type ChildOptions, peer } from "../lib";
import type { AzureRoleAssignment } from "./identity-args";

/**
 * Refuses what is known of role assignments and can't be one, so that a scope that is not known yet hides no mistake.
 *
 * @throws OidcRunnerError `AZURE_ROLE_INVALID`
 */
export function checkRoleAssignments(assignments: readonly AzureRoleAssignment[], where: string): void {
  if (isKnown(assignments)) {
    checkAzureRoles(
      assignments.map(({ role, scope }) => ({ role: role ?? "", scope: scope ?? "" }) as AzureRoleOnScope),
      where,
    );
    return;
  }
  for (const [index, { role, scope }] of assignments.entries()) {
    const known = (value: pulumi.Input<string>) => (isKnown(value) ? (value ?? "") : undefined);
    checkAzureRole({ role: known(role), scope: known(scope) } as Partial<AzureRoleOnScope>, `${where}[${index}]`);
  }
}

/** Gives roles to an identity, each by an assignment of its own. */
export function assignRoles(
  options: ChildOptions,
  name: string,
  assignments: readonly AzureRoleAssignment[],
  principalId: pulumi.Output<string>,
): pulumi.Resource[] {
  if (assignments.length === 0) {
    return [];
  }
  const { RoleAssignment } = peer(
    "@pulumi/azure-native",
    () =>
      require("@pulumi/azure-native/authorization/roleAssignment") as typeof import("@pulumi/azure-native/authorization/roleAssignment"),
  );
  return assignments.map(({ role, scope }, index) => {
    const known = pulumi.output({ role, scope });
    return new RoleAssignment(
      `${name}-${isKnown([role, scope]) ? digest(role as string, scope as string) : index}`,
      {
        scope,
        principalId,
        // Azure would otherwise look for a principal that may be seconds old (the page that `roleAssignmentName` cites).
        principalType: "ServicePrincipal",
        roleDefinitionId: known.apply(roleDefinitionId),
        roleAssignmentName: pulumi.all([known, principalId]).apply(([given, id]) => roleAssignmentName(given, id)),
      },
      options,
    );
  });
}

/** What is broad about roles, for warnings. */
export function broadRoles(assignments: readonly AzureRoleOnScope[]) {
  return assignments.flatMap((assignment) => {
    const why = broadAzureRole(assignment);
    const what = `${assignment.role} on ${assignment.scope}: ${why}`;
    const fix = "give the roles the work needs, on the resource group or the resource it works on";
    return why === undefined ? [] : [{ name: "AZURE_ROLE_BROAD" as const, what, fix }];
  });
}

/** Named by what it is and not by its place, so that the others stay when one is taken out. */
function digest(role: string, scope: string): string {
  return createHash("sha256").update(`${role} ${scope}`.toLowerCase()).digest("hex").slice(0, 8);
}
