import { type Claims, shown } from "../../claims";
import type { PolicyDefinition, TokenRequest } from "../../policy";
import type { Explanation } from "../../verdict";
import { evaluate, type Matcher, type RuleFailure } from "./evaluate";
import { nearestFix } from "./hints";
import { otherToken } from "./token-mismatch";

/**
 * Evaluates a policy for claims and says, definition by definition, what decided or what was missing: the rule that failed,
 * what it expected and what the token has, and the fix that is nearest. Of a token, only the claims that rules name are told.
 */
export function explain(
  definitions: readonly PolicyDefinition[],
  claims: Claims,
  request: TokenRequest,
  matches?: Matcher,
): Explanation {
  const verdict = evaluate(definitions, claims, request, matches);
  if (verdict.index !== undefined) {
    const reason = `definition ${verdict.index} matches and`;
    return verdict.decision === "allow"
      ? { decision: "allow", reasons: [`${reason} allows it`] }
      : { decision: "deny", reasons: denied(definitions, claims, request, verdict.index, matches) };
  }
  const attempts = definitions
    .map((definition, index) => attemptOf(definition, index, claims, request, matches))
    .filter((attempt) => attempt !== undefined)
    .sort((one, other) => one.distance - other.distance);
  return {
    decision: "deny",
    reasons: attempts.length > 0 ? attempts.map(({ reason }) => reason) : ["the policy has no allow"],
  };
}

/** The deny that matched, what of it did, and whether it stands in an allow's way. */
function denied(
  definitions: readonly PolicyDefinition[],
  claims: Claims,
  request: TokenRequest,
  index: number,
  matches: Matcher | undefined,
): string[] {
  const rules = Object.entries(definitions[index]?.rules ?? {});
  const what =
    rules.length === 0
      ? "it has no rules, so it denies every such token"
      : rules.map(([path, pattern]) => `${path} is ${shown(String(pattern))}`).join("; ");
  const allows = definitions.map((definition) => (definition.decision === "allow" ? definition : undefined));
  const allow = allows.findIndex(
    (definition) => definition && evaluate([definition], claims, request, matches).index === 0,
  );
  const next =
    allow < 0
      ? "without it, no definition would allow this token either"
      : `definition ${allow} would allow this token: remove definition ${index}, or make it narrower`;
  return [`definition ${index} matches and denies it, and a deny wins over every allow: ${what}`, next];
}

/** An allow that did not match, and how far it was from it. */
function attemptOf(
  definition: PolicyDefinition,
  index: number,
  claims: Claims,
  request: TokenRequest,
  matches: Matcher | undefined,
) {
  if (definition.decision !== "allow") {
    return undefined;
  }
  const other = otherToken(definition, request);
  // The rules are the same for whichever token is asked for.
  const rules: PolicyDefinition = { decision: "allow", tokenType: "organization", rules: definition.rules };
  const failures = evaluate([rules], claims, { tokenType: "organization" }, matches).considered[0]?.failures ?? [];
  const told = failures.map((failure) => ({ failure, fix: nearestFix(failure, claims) }));
  // A rule with a fix at hand is nearer than one without.
  const distance = told.reduce((sum, { fix }) => sum + (fix === undefined ? 2 : 1), other === undefined ? 0 : 1.5);
  const texts = told.map(({ failure, fix }) => failureText(failure, fix));
  if (other === undefined) {
    return { distance, reason: `definition ${index} does not match: ${texts.join("; ")}` };
  }
  const rest = texts.length === 0 ? "its rules match" : `and its rules don't match: ${texts.join("; ")}`;
  return { distance, reason: `definition ${index} is for another token: ${other}; ${rest}` };
}

function failureText({ path, expected, actual }: RuleFailure, fix: string | undefined): string {
  const got = actual.length === 0 ? "no such claim" : actual.map(shown).join(", ");
  return `${path} expected ${shown(expected)}, got ${got}${fix === undefined ? "" : ` (${fix})`}`;
}
