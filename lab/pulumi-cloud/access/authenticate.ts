import type { CloudContext } from "../context";
import { ApiError } from "../errors";
import type { Organization } from "../organization";
import type { AccessTokenGrant, AccessTokens } from "./access-tokens";
import { mayUse, type Scope } from "./permissions";

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
