import { hasRuleOn, isPinned, type Subject } from "../../../lint";

/** Claims that say whose token it is: the subject, or the organization, owner, project or namespace it belongs to. */
const TENANT: string[][] = [
  ["sub"],
  ...["repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id"],
  ...["namespace_path", "namespace_id", "project_path", "project_id"],
  ...["org", "stackId", "organization_slug", "organization_id"],
  ...["terraform_organization_id", "terraform_organization_name", "terraform_workspace_id"],
].map((claim) => (typeof claim === "string" ? [claim] : claim));
const IN_CLUSTER: string[][] = [
  ["kubernetes.io", "namespace"],
  ["kubernetes.io", "serviceaccount", "uid"],
];

/** Whether rules say whose token it is, even if broadly. */
export function namesTenant(subject: Subject): boolean {
  return [...TENANT, ...IN_CLUSTER].some((keys) => hasRuleOn(subject, ...keys));
}

/** Whether a claim besides the subject says so, letter by letter. */
export function pinsTenant(subject: Subject): boolean {
  return [...TENANT.slice(1), ...IN_CLUSTER].some((keys) => isPinned(subject, ...keys));
}
