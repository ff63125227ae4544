import type { Claims } from "./claims";
import { evaluate, type RuleFailure } from "./evaluate";
import type { PolicyDefinition, TokenRequest } from "./policy";

/** A decision with its reasons in words. */
export interface Explanation {
  decision: "allow" | "deny";
  reasons: string[];
}

/** Evaluates a policy for claims and says, definition by definition, what decided or what was missing. */
export function explain(definitions: readonly PolicyDefinition[], claims: Claims, request: TokenRequest): Explanation {
  const verdict = evaluate(definitions, claims, request);
  if (verdict.index !== undefined) {
    const what = verdict.decision === "allow" ? "allows it" : "denies it, and a deny wins over every allow";
    return { decision: verdict.decision, reasons: [`definition ${verdict.index} matches and ${what}`] };
  }
  const reasons = verdict.considered
    .filter((entry) => entry.decision === "allow")
    .map((entry) =>
      entry.outcome === "other-request"
        ? `definition ${entry.index} is for another token: ${targetOf(definitions[entry.index])}`
        : `definition ${entry.index} does not match: ${entry.failures.map(failureText).join("; ")}`,
    );
  return { decision: "deny", reasons: reasons.length > 0 ? reasons : ["the policy has no allow"] };
}

function failureText({ path, expected, actual }: RuleFailure): string {
  const got = actual.length === 0 ? "no such claim" : actual.join(", ");
  return `${path} expected ${expected}, got ${got}${hint(expected, actual)}`;
}

/** The nearest fix, where the difference is one that people overlook. */
function hint(expected: string, actual: readonly string[]): string {
  if (actual.some((value) => value.replace(/\/$/, "") === expected.replace(/\/$/, ""))) {
    return " (they differ only by a final slash)";
  }
  if (actual.some((value) => value.toLowerCase() === expected.toLowerCase())) {
    return " (they differ only in upper and lower case)";
  }
  return "";
}

function targetOf(definition: PolicyDefinition | undefined): string {
  const owner = definition?.teamName ?? definition?.userLogin ?? definition?.runnerID;
  return owner === undefined ? String(definition?.tokenType) : `${definition?.tokenType} ${owner}`;
}
