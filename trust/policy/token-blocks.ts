import { OidcRunnerError } from "../errors";
import { namesSeveral, type TokenSelection, tokenOwner } from "./access-token";
import { TOKEN_TYPES, type TokenType } from "./model";

/** An access token as programs name it: exactly one of these blocks. */
export interface AccessToken {
  organization?: { roleId?: string; admin?: boolean };
  team?: { name: string };
  personal?: { user: string };
  runner?: { pool: string };
}

/**
 * Which of the blocks is given.
 *
 * @throws OidcRunnerError `OPTION_MISSING`, `OPTION_CONFLICT`
 */
export function accessTokenType(token: object | undefined, where: string): TokenType {
  const blocks: Partial<Record<TokenType, unknown>> = token ?? {};
  const [type, ...others] = TOKEN_TYPES.filter((block) => blocks[block] !== undefined && blocks[block] !== null);
  const fix = `give exactly one of ${TOKEN_TYPES.join(", ")}`;
  if (type === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", "nothing says which access token is meant", { where, fix });
  }
  if (others.length > 0) {
    const what = `${[type, ...others].join(" and ")} are mutually exclusive`;
    throw new OidcRunnerError("OPTION_CONFLICT", what, { where, fix });
  }
  return type;
}

/**
 * The token that a block names, in the words of an exchange.
 *
 * @throws OidcRunnerError `OPTION_MISSING`, `OPTION_CONFLICT`, `TOKEN_OWNER_MISSING`
 */
export function tokenSelection(token: AccessToken, where: string): TokenSelection {
  const tokenType = accessTokenType(token, where);
  const { roleId, admin } = token.organization ?? {};
  const selection: TokenSelection = { tokenType, roleId, admin };
  const owners = { team: token.team?.name, personal: token.personal?.user, runner: token.runner?.pool };
  if (tokenType === "organization") {
    return selection;
  }
  const owner = owners[tokenType];
  const field = FIELD[tokenType];
  if (typeof owner !== "string" || owner === "") {
    throw new OidcRunnerError("TOKEN_OWNER_MISSING", `a ${tokenType} token needs its ${field}`, {
      where: `${where}.${tokenType}.${field}`,
      fix: `give the ${field}, or choose another token`,
    });
  }
  return { ...selection, [tokenType === "personal" ? "user" : tokenType]: owner };
}

/** The field of each block that names the token's owner. */
const FIELD = { team: "name", personal: "user", runner: "pool" } as const;

/**
 * The same for the one token that a runner asks for.
 *
 * @throws OidcRunnerError `TOKEN_OWNER_WILDCARD`, `TOKEN_ADMIN_INVALID`, and those of {@link tokenSelection}
 */
export function oneToken(token: AccessToken, where: string): TokenSelection {
  const selection = tokenSelection(token, where);
  const { tokenType, roleId, admin } = selection;
  const owner = tokenOwner(selection);
  if (tokenType !== "organization" && owner && namesSeveral(tokenType, owner)) {
    throw new OidcRunnerError("TOKEN_OWNER_WILDCARD", `"${owner}" names more than one ${tokenType} token`, {
      where: `${where}.${tokenType}.${FIELD[tokenType]}`,
      fix: `name one: a runner asks for one token${owner.includes(".") ? ", and a dot stands for any character" : ""}`,
    });
  }
  if (admin === true && roleId !== undefined) {
    throw new OidcRunnerError("TOKEN_ADMIN_INVALID", "a token has a role or is an administrator's, not both", {
      where: `${where}.organization.admin`,
      fix: "leave admin out: the role says what the token may do",
    });
  }
  return selection;
}
