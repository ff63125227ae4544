import { parseClaimPath } from "../claims";
import { OidcRunnerError } from "../errors";
import { hasLiteralPart, LONGEST_PATTERN } from "../pattern";
import { type PolicyDefinition, TOKEN_TYPES, type TokenType } from "./model";

/** The field that must name the token's owner, by token type. */
const OWNER = { organization: undefined, team: "teamName", personal: "userLogin", runner: "runnerID" } as const;

/** The token type that each of these fields belongs to. */
const COMPANIONS = { teamName: "team", userLogin: "personal", runnerID: "runner", roleID: "organization" } as const;

/** Permissions that Pulumi Cloud knows; only the first has a documented effect. */
const PERMISSIONS = ["admin", "standard"];

/**
 * Refuses definitions that Pulumi Cloud would refuse, those that would do something else than they seem to, and those that
 * would fail open: an allow without rules admits everybody.
 *
 * @throws OidcRunnerError `POLICY_EMPTY`, `POLICY_INVALID`, `POLICY_ALLOWS_ALL`, `CLAIM_PATH_INVALID`
 */
export function checkDefinitions(definitions: readonly PolicyDefinition[]): void {
  checkSomeDefinitions(definitions);
  definitions.forEach((definition, index) => {
    checkDefinition(definition, `policies[${index}]`);
  });
}

/**
 * Refuses an empty list: a policy can't be empty in Pulumi Cloud.
 *
 * @throws OidcRunnerError `POLICY_EMPTY`
 */
export function checkSomeDefinitions(definitions: readonly unknown[]): void {
  if (definitions.length === 0) {
    throw new OidcRunnerError("POLICY_EMPTY", "there is no policy definition", {
      where: "policies",
      fix: "give at least one, or leave the policy out",
    });
  }
}

/** The same as `checkDefinitions` for one of them; `where` is its place in error texts. */
export function checkDefinition(definition: PolicyDefinition, where: string): void {
  checkTarget(definition, where);
  checkRules(definition, where);
}

/**
 * Refuses what Pulumi Cloud would not take, in a definition that is to be written: a rule without a literal character, and a
 * deny without rules, which could not be told from the one a new issuer starts with.
 *
 * @throws OidcRunnerError `PATTERN_WITHOUT_LITERAL`
 */
export function checkLiteralParts({ rules }: PolicyDefinition, where: string): void {
  const entries = Object.entries(rules ?? {});
  const [path, pattern] = entries.find(([, text]) => !hasLiteralPart(text)) ?? [];
  if (path !== undefined) {
    const what = `the rule on ${path}, ${JSON.stringify(pattern)}, has no character that stands for itself, and Pulumi Cloud refuses it`;
    throw withoutLiteral(what, where, "give the pattern a literal part, or leave the rule out");
  }
  if (entries.length === 0) {
    throw withoutLiteral("a deny without rules can't be written", where, "add rules on aud and sub with literal parts");
  }
}

/**
 * Refuses a decision or token type that is none, a token without owner, and fields that belong to another token type.
 *
 * @throws OidcRunnerError `POLICY_INVALID`
 */
function checkTarget(definition: PolicyDefinition, where: string): void {
  const { decision, tokenType } = definition;
  if (decision !== "allow" && decision !== "deny") {
    throw invalid(`"${String(decision)}" is not a decision`, `${where}.decision`, "use allow or deny");
  }
  if (!TOKEN_TYPES.includes(tokenType)) {
    const fix = `use one of ${TOKEN_TYPES.join(", ")}`;
    throw invalid(`"${String(tokenType)}" is not a token type`, `${where}.tokenType`, fix);
  }
  const owner = OWNER[tokenType];
  if (owner !== undefined && !definition[owner]) {
    throw invalid(`a definition for ${tokenType} tokens needs ${owner}`, `${where}.${owner}`, `give ${owner}`);
  }
  for (const [field, type] of Object.entries(COMPANIONS) as [keyof typeof COMPANIONS, TokenType][]) {
    if (definition[field] && type !== tokenType) {
      const fix = `leave ${field} out, or use tokenType "${type}"`;
      throw invalid(`a definition for ${tokenType} tokens has no ${field}`, `${where}.${field}`, fix);
    }
  }
  for (const permission of definition.authorizedPermissions ?? []) {
    if (!PERMISSIONS.includes(permission)) {
      const fix = 'use "admin", or leave authorizedPermissions out';
      throw invalid(`"${String(permission)}" is not a permission`, `${where}.authorizedPermissions`, fix);
    }
    if (permission === "admin" && tokenType !== "organization") {
      const fix = 'leave "admin" out, or use tokenType "organization"';
      throw invalid(`a ${tokenType} token is never an administrator's`, `${where}.authorizedPermissions`, fix);
    }
  }
}

function checkRules({ decision, rules }: PolicyDefinition, where: string): void {
  for (const [path, pattern] of Object.entries(rules ?? {})) {
    parseClaimPath(path);
    if (typeof pattern !== "string") {
      const fix = "give the pattern as text; numbers and booleans in claims are compared by their text";
      throw invalid(`the rule on ${path} is not a text`, `${where}.rules`, fix);
    }
    if (pattern.length > LONGEST_PATTERN) {
      const what = `the pattern of the rule on ${path} has ${pattern.length} characters`;
      throw invalid(what, `${where}.rules`, `use at most ${LONGEST_PATTERN}`);
    }
  }
  if (decision === "allow" && Object.keys(rules ?? {}).length === 0) {
    throw new OidcRunnerError("POLICY_ALLOWS_ALL", "an allow without rules admits every token of the issuer", {
      where: `${where}.rules`,
      fix: "add rules on aud and sub",
    });
  }
}

function withoutLiteral(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("PATTERN_WITHOUT_LITERAL", what, { where: `${where}.rules`, fix });
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("POLICY_INVALID", what, { where, fix });
}
