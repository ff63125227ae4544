import { OidcRunnerError } from "../errors";
import { type PolicyDefinition, TOKEN_TYPES, type TokenRequest, type TokenType } from "./model";

/** Which access token is asked for, as users give it. */
export interface TokenSelection {
  tokenType: TokenType;
  team?: string;
  user?: string;
  runner?: string;
  roleId?: string;
  /** Ask for an administrator's token. Default: false. */
  admin?: boolean;
}

/** The argument that names the token's owner, for the token types that have one. */
export const TOKEN_OWNER = {
  organization: undefined,
  team: "team",
  personal: "user",
  runner: "runner",
} as const satisfies Record<TokenType, string | undefined>;

/**
 * Refuses a token type that is unknown, lacks its owner or has one that is not its own, and an administrator's token that
 * is none of the organization, or has a role: what both together mean is not documented.
 *
 * @throws OidcRunnerError `TOKEN_TYPE_INVALID`, `TOKEN_OWNER_MISSING`, `TOKEN_OWNER_UNEXPECTED`, `TOKEN_OWNER_WILDCARD`,
 * `TOKEN_ADMIN_INVALID`
 */
export function checkTokenSelection(selection: TokenSelection): void {
  if (!TOKEN_TYPES.includes(selection.tokenType)) {
    throw new OidcRunnerError("TOKEN_TYPE_INVALID", `"${selection.tokenType}" is not a token type`, {
      where: "tokenType",
      fix: `use one of ${TOKEN_TYPES.join(", ")}`,
    });
  }
  const wanted = TOKEN_OWNER[selection.tokenType];
  for (const owner of ["team", "user", "runner"] as const) {
    const given = selection[owner];
    if (owner === wanted && (given === undefined || given === "")) {
      throw new OidcRunnerError("TOKEN_OWNER_MISSING", `a ${selection.tokenType} token needs "${owner}"`, {
        where: owner,
        fix: `give "${owner}", or choose another tokenType`,
      });
    }
    if (owner !== wanted && given !== undefined) {
      throw new OidcRunnerError("TOKEN_OWNER_UNEXPECTED", `a ${selection.tokenType} token has no "${owner}"`, {
        where: owner,
        fix: wanted === undefined ? `leave "${owner}" out` : `give "${wanted}" instead`,
      });
    }
    if (given !== undefined && namesSeveral(selection.tokenType, given)) {
      throw new OidcRunnerError("TOKEN_OWNER_WILDCARD", `"${given}" names more than one ${owner}`, {
        where: owner,
        fix: `name one ${owner}: a runner asks for one token${given.includes(".") ? ", and a dot stands for any character" : ""}`,
      });
    }
  }
  if (selection.roleId !== undefined && selection.tokenType !== "organization") {
    throw new OidcRunnerError("TOKEN_OWNER_UNEXPECTED", `a ${selection.tokenType} token has no "roleId"`, {
      where: "roleId",
      fix: 'use tokenType "organization", or leave "roleId" out',
    });
  }
  if (selection.admin === true) {
    checkAdmin(selection);
  }
}

/** Whether the name of a token's owner is a pattern. A team's is one in a policy, where a dot matches any one character. */
export function namesSeveral(tokenType: TokenType, owner: string): boolean {
  return (tokenType === "team" ? /[*?.]/ : /[*?]/).test(owner);
}

function checkAdmin({ tokenType, roleId }: TokenSelection): void {
  if (tokenType !== "organization") {
    throw new OidcRunnerError("TOKEN_ADMIN_INVALID", `a ${tokenType} token is never an administrator's`, {
      where: "admin",
      fix: 'use tokenType "organization", or leave "admin" out',
    });
  }
  if (roleId !== undefined) {
    throw new OidcRunnerError("TOKEN_ADMIN_INVALID", "a token has a role or is an administrator's, not both", {
      where: "admin",
      fix: 'leave "admin" out: the role says what the token may do',
    });
  }
}

/** The team, user or runner pool the token is for; undefined for an organization token. */
export function tokenOwner(selection: TokenSelection): string | undefined {
  const owner = TOKEN_OWNER[selection.tokenType];
  return owner === undefined ? undefined : selection[owner];
}

/** What an exchange for this token asks. */
export function tokenRequest({ tokenType, team, user, runner, admin }: TokenSelection): TokenRequest {
  return { tokenType, team, user, runner, ...(admin === true && { admin }) };
}

/** The fields of a policy definition that say which token it is about. */
export function definitionTarget(selection: TokenSelection): Omit<PolicyDefinition, "decision" | "rules"> {
  return {
    tokenType: selection.tokenType,
    ...(selection.team !== undefined && { teamName: selection.team }),
    ...(selection.user !== undefined && { userLogin: selection.user }),
    ...(selection.runner !== undefined && { runnerID: selection.runner }),
    ...(selection.roleId !== undefined && { roleID: selection.roleId }),
    authorizedPermissions: selection.admin === true ? ["admin"] : [],
  };
}
