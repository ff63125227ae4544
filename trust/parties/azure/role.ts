import { createHash } from "node:crypto";
import { OidcRunnerError } from "../../errors";
import { GUID } from "./resource-id";

/**
 * Ids of built-in roles that can be given by name; they are the same in every subscription (MicrosoftDocs/azure-docs,
 * articles/role-based-access-control/built-in-roles.md at 00a5832).
 */
const BUILT_IN_ROLES: Readonly<Record<string, string>> = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  Owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
};

/** Roles whose holder can give itself any other. */
const ESCALATING = ["Owner", "Role Based Access Control Administrator", "User Access Administrator"];

/** The id of a role's definition, alone or as a resource id of a subscription or of the tenant. */
const ROLE = new RegExp(
  `^(?:(?:/subscriptions/(${GUID}))?/providers/Microsoft\\.Authorization/roleDefinitions/)?(${GUID})$`,
  "i",
);

/** Scopes below the tenant's root (Azure RBAC documentation, "Understand scope for Azure RBAC"). Ids are compared without regard to case. */
const SCOPE = new RegExp(
  `^(?:/subscriptions/(${GUID})(/resourceGroups/[^/]+(?:/providers(?:/[^/]+){3,})?|/providers(?:/[^/]+){3,})?|/providers/Microsoft\\.Management/managementGroups/[^/]+)$`,
  "i",
);

/** A role on a scope: on what is there, and on everything in it. */
export interface AzureRoleOnScope {
  role: string;
  scope: string;
}

/**
 * Refuses what is not a role, and what is not a scope. What is left out (undefined) is not looked at.
 *
 * @throws OidcRunnerError `AZURE_ROLE_INVALID`
 */
export function checkAzureRole({ role, scope }: Partial<AzureRoleOnScope>, where: string): void {
  if (role !== undefined && idOf(role) === undefined) {
    throw invalid(
      `"${role}" is not a role that is known here`,
      `${where}.role`,
      `give the id that \`az role definition list --name "NAME" --query "[].name"\` prints, or one of ${Object.keys(BUILT_IN_ROLES).join(", ")}`,
    );
  }
  if (scope !== undefined && !SCOPE.test(scope)) {
    throw invalid(
      `"${scope}" is not the id of what a role can be given on`,
      `${where}.scope`,
      "give the id of a management group, a subscription, a resource group or a resource, such as /subscriptions/ID/resourceGroups/NAME, without a final slash",
    );
  }
}

/**
 * The same of a list, in which no role is on one scope twice, because Azure keeps one assignment of them.
 *
 * @throws OidcRunnerError `AZURE_ROLE_INVALID`
 */
export function checkAzureRoles(assignments: readonly AzureRoleOnScope[], where: string): void {
  const seen = new Set<string>();
  for (const [index, assignment] of assignments.entries()) {
    checkAzureRole(assignment, `${where}[${index}]`);
    const key = `${idOf(assignment.role)} ${assignment.scope}`.toLowerCase();
    if (seen.has(key)) {
      throw invalid(`${assignment.role} is given twice on ${assignment.scope}`, `${where}[${index}]`, "give it once");
    }
    seen.add(key);
  }
}

/**
 * The resource id of a role's definition. One that is given by name or id alone is looked for where the scope is: in its
 * subscription, and for a management group in the tenant.
 */
export function roleDefinitionId({ role, scope }: AzureRoleOnScope): string {
  if (role.startsWith("/")) {
    return role;
  }
  const subscription = SCOPE.exec(scope)?.[1];
  const owner = subscription === undefined ? "" : `/subscriptions/${subscription}`;
  return `${owner}/providers/Microsoft.Authorization/roleDefinitions/${idOf(role)}`;
}

/**
 * The name of a role's assignment, a GUID: the same for the same principal, role and scope, and another one when any of them
 * changes, because Azure does not change assignments, and refuses a name that another assignment has in whatever subscription
 * (MicrosoftDocs/azure-docs, articles/role-based-access-control/troubleshooting.md at 012ad30, "ARM template role assignment returns
 * BadRequest status").
 */
export function roleAssignmentName(assignment: AzureRoleOnScope, principalId: string): string {
  const parts = [assignment.scope, principalId, roleDefinitionId(assignment)].join("\n").toLowerCase();
  const digest = createHash("sha256").update(parts).digest("hex");
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Why a role is more than a workload should have, or nothing. A warning and no refusal: one that deploys a subscription may be meant to. */
export function broadAzureRole({ role, scope }: AzureRoleOnScope): string | undefined {
  const id = idOf(role);
  if (ESCALATING.some((name) => BUILT_IN_ROLES[name] === id)) {
    return "its holder can give itself any role there";
  }
  const [, subscription, within] = SCOPE.exec(scope) ?? [];
  const everywhere = subscription === undefined ? "the management group" : "the subscription";
  return id === BUILT_IN_ROLES.Contributor && within === undefined ? `it covers all of ${everywhere}` : undefined;
}

function idOf(role: string): string | undefined {
  return Object.hasOwn(BUILT_IN_ROLES, role) ? BUILT_IN_ROLES[role] : ROLE.exec(role)?.[2]?.toLowerCase();
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("AZURE_ROLE_INVALID", what, { where, fix });
}
