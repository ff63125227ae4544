import type { Role, Roles } from "./roles";

/** The role of exactly this ARN, path included; undefined when the account has none. */
export function findRole(roles: Roles, arn: string): Role | undefined {
  return roles.list().find((role) => role.arn === arn);
}
