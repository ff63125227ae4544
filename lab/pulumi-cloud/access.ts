import type { AccessTokenGrant, AccessTokens } from "./access-tokens";
import type { CloudContext } from "./context";
import { ApiError } from "./errors";
import type { Organization, Scope } from "./organization";

/** Whose token an `Authorization: token …` header holds; 401 for anything else. */
export function authenticate(tokens: AccessTokens, header: string | undefined): AccessTokenGrant {
  const token = /^token (\S+)$/.exec(header ?? "")?.[1];
  const grant = token === undefined ? undefined : tokens.find(token);
  if (grant === undefined) {
    throw new ApiError(401, "No credentials provided or are invalid.");
  }
  return grant;
}

/** The organization a caller may use a permission in: 401, 404 for an unknown one, 403 (or 404, by switch) otherwise. */
export function authorize(
  context: CloudContext,
  header: string | undefined,
  organizationName: string,
  scope: Scope,
): Organization {
  const grant = context.caller(header);
  const organization = context.organizations.get(organizationName);
  if (organization === undefined) {
    throw new ApiError(404, "organization");
  }
  if (!mayUse(grant, organization, scope)) {
    const { forbiddenStatus } = context.switches;
    throw new ApiError(forbiddenStatus, forbiddenStatus === 404 ? "organization" : "access to this resource is denied");
  }
  return organization;
}

/**
 * Whether a token may use a permission in an organization. Administrators may do everything, everybody else what the
 * role of the token grants; a token never reaches beyond the organization it was issued in.
 */
function mayUse(grant: AccessTokenGrant, organization: Organization, scope: Scope): boolean {
  if (grant.organization !== organization.name) {
    return false;
  }
  if (grant.admin || (grant.user !== undefined && organization.users.get(grant.user) === "admin")) {
    return true;
  }
  return grant.roleID !== undefined && organization.roles.get(grant.roleID)?.scopes.includes(scope) === true;
}
