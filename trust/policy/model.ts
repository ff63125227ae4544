/** What a policy definition does with the tokens it matches. A matching `deny` wins over every `allow`. */
export type Decision = "allow" | "deny";

/**
 * What an access token of Pulumi Cloud is: of the `organization`, of a `team`, `personal` to a user, or of a `runner` pool of
 * Pulumi Deployments.
 */
export type TokenType = "organization" | "team" | "personal" | "runner";

export const TOKEN_TYPES: readonly TokenType[] = ["organization", "team", "personal", "runner"];

/** Claim path → pattern. All rules of a definition must match. */
export type Rules = Record<string, string>;

/** One entry of an issuer's auth policy, in the field names of Pulumi Cloud's REST API. */
export interface PolicyDefinition {
  decision: Decision;
  tokenType: TokenType;
  /** Team of a `team` token; may hold wildcards. */
  teamName?: string;
  /** User of a `personal` token. */
  userLogin?: string;
  /** Runner pool of a `runner` token. */
  runnerID?: string;
  /** Custom role of an `organization` token. */
  roleID?: string;
  /** `admin` is the only permission with a documented effect. */
  authorizedPermissions?: string[];
  rules: Rules;
}

/** What an exchange asks for. */
export interface TokenRequest {
  tokenType: TokenType;
  team?: string;
  user?: string;
  runner?: string;
  /** `scope=admin`. */
  admin?: boolean;
}
