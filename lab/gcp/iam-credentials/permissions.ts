import type { GcpIam, ServiceAccount } from "../iam";
import { type GcpPrincipal, isMember } from "../oauth";

/** Permissions on a service account that let others act as it. */
export type ActAsPermission =
  | "iam.serviceAccounts.getAccessToken"
  | "iam.serviceAccounts.getOpenIdToken"
  | "iam.serviceAccounts.implicitDelegation";

/** Predefined roles that hold such permissions (IAM documentation, "Service account roles"). Owner and Editor hold none. */
const ROLES: Record<string, readonly ActAsPermission[]> = {
  "roles/iam.workloadIdentityUser": ["iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.getOpenIdToken"],
  "roles/iam.serviceAccountTokenCreator": [
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
    "iam.serviceAccounts.implicitDelegation",
  ],
  "roles/iam.serviceAccountOpenIdTokenCreator": ["iam.serviceAccounts.getOpenIdToken"],
};

/**
 * Whether a principal has a permission on a service account: by a role on the account or on its project. Custom roles are
 * unknown to the lab, and a grant under a condition counts as none: it evaluates no IAM conditions, and would rather
 * refuse what Google allows than the other way round.
 */
export function hasPermission(
  iam: GcpIam,
  principal: GcpPrincipal,
  account: ServiceAccount,
  permission: ActAsPermission,
): boolean {
  return [account.name, `projects/${account.project}`].some((resource) =>
    iam
      .grants(resource)
      .some(
        ({ role, member, condition }) =>
          condition === undefined && ROLES[role]?.includes(permission) === true && isMember(member, principal),
      ),
  );
}
