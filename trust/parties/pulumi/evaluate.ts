import { type Claims, claimValues, parseClaimPath } from "../../claims";
import { matchesWildcard } from "../../pattern";
import type { PolicyDefinition, TokenRequest } from "../../policy";

/** A rule the claims did not satisfy. */
export interface RuleFailure {
  path: string;
  expected: string;
  /** The claim's values; empty when the claim is absent. */
  actual: string[];
}

/** Whether a rule's pattern matches a value. Default: Pulumi Cloud's. */
export type Matcher = (pattern: string, value: string) => boolean;

/** What became of one definition. */
export interface Consideration {
  index: number;
  decision: "allow" | "deny";
  /** `matches`: it decides. `rules`: at least one rule failed. `other-request`: it is for another token. */
  outcome: "matches" | "rules" | "other-request";
  failures: RuleFailure[];
}

/** The decision and how it came about. */
export interface Verdict {
  decision: "allow" | "deny";
  reason: "ALLOWED" | "DENIED_BY_DEFINITION" | "NO_ALLOW_MATCHES";
  /** The definition that decided, if one did. */
  index: number | undefined;
  considered: Consideration[];
}

/**
 * Evaluates an auth policy as Pulumi Cloud documents it ("OIDC issuers", policy semantics): only definitions for the
 * requested token type and team, user or runner count; a matching deny wins over every allow whatever their order;
 * without a matching allow the exchange is refused.
 */
export function evaluate(
  definitions: readonly PolicyDefinition[],
  claims: Claims,
  request: TokenRequest,
  matches: Matcher = matchesWildcard,
): Verdict {
  const considered = definitions.map((definition, index) => consider(definition, index, claims, request, matches));
  const deciding =
    considered.find((entry) => entry.outcome === "matches" && entry.decision === "deny") ??
    considered.find((entry) => entry.outcome === "matches");
  if (deciding === undefined) {
    return { decision: "deny", reason: "NO_ALLOW_MATCHES", index: undefined, considered };
  }
  const reason = deciding.decision === "allow" ? "ALLOWED" : "DENIED_BY_DEFINITION";
  return { decision: deciding.decision, reason, index: deciding.index, considered };
}

function consider(
  definition: PolicyDefinition,
  index: number,
  claims: Claims,
  request: TokenRequest,
  matches: Matcher,
): Consideration {
  const { decision } = definition;
  if (!isFor(definition, request)) {
    return { index, decision, outcome: "other-request", failures: [] };
  }
  const failures = failedRules(definition, claims, matches);
  return { index, decision, outcome: failures.length === 0 ? "matches" : "rules", failures };
}

function isFor(definition: PolicyDefinition, request: TokenRequest): boolean {
  if (definition.tokenType !== request.tokenType) {
    return false;
  }
  if (
    request.admin === true &&
    definition.decision === "allow" &&
    !definition.authorizedPermissions?.includes("admin")
  ) {
    return false;
  }
  switch (request.tokenType) {
    case "organization":
      return true;
    case "team":
      // Neither an empty name nor a definition without one is a match: it names no one.
      return !!request.team && !!definition.teamName && matchesWildcard(definition.teamName, request.team);
    case "personal":
      return !!request.user && definition.userLogin === request.user;
    case "runner":
      return !!request.runner && definition.runnerID === request.runner;
  }
}

function failedRules(definition: PolicyDefinition, claims: Claims, matches: Matcher): RuleFailure[] {
  const failures: RuleFailure[] = [];
  for (const [path, pattern] of Object.entries(definition.rules ?? {})) {
    const actual = claimValues(claims, parseClaimPath(path));
    const expected = String(pattern);
    if (!actual.some((value) => matches(expected, value))) {
      failures.push({ path, expected, actual });
    }
  }
  return failures;
}
