import type { Organization } from "../organization";
import type { AccessTokenGrant } from "./access-tokens";

/** Permissions of the issuer and policy routes (Pulumi documentation, "RBAC scopes, organization settings"). */
export const SCOPES = [
  "oidc_issuers:create",
  "oidc_issuers:read",
  "oidc_issuers:update",
  "oidc_issuers:delete",
  "oidc_issuers:regenerate_thumbprints",
  "auth_policies:read",
  "auth_policies:update",
] as const;

/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/**
 * Whether a token may use a permission in an organization. Administrators may do everything, everybody else what the
 * role of the token grants; a token never reaches beyond the organization it was issued in.
 */
export function mayUse(grant: AccessTokenGrant, organization: Organization, scope: Scope): boolean {
  if (grant.organization !== organization.name) {
    return false;
  }
  if (grant.admin || (grant.user !== undefined && organization.users.get(grant.user) === "admin")) {
    return true;
  }
  return grant.roleID !== undefined && organization.roles.get(grant.roleID)?.scopes.includes(scope) === true;
}
