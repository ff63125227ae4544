import { OidcRunnerError } from "../errors";
import type { PolicyDefinition } from "./policy";
import { type MergeSuggestion, suggestMerges } from "./suggest-merges";

/** How many merges are shown, and how many values of each. */
const SHOWN_MERGES = 3;
const SHOWN_VALUES = 3;

/** The error for a list that is too long: it shows which definitions could be merged, and how wide that would be. */
export function policyLimit(next: readonly PolicyDefinition[], maximum: number): OidcRunnerError {
  return new OidcRunnerError(
    "POLICY_LIMIT",
    `the issuer's policy would have ${next.length} definitions, ${maximum} are allowed`,
    {
      where: "definitions",
      fix:
        "let runners share a definition (createPolicy: false, with the definition in the policies of their trust) or remove " +
        `what is no longer used${mergesText(suggestMerges(next))}`,
    },
  );
}

/** The largest merges in words; there may be dozens. */
function mergesText(suggestions: readonly MergeSuggestion[]): string {
  return suggestions
    .slice(0, SHOWN_MERGES)
    .map(({ merged, by, path, findings }) => {
      const warned = findings.length === 0 ? "the linter has no objection" : `the linter warns: ${findings.join(", ")}`;
      return path === undefined
        ? `; ${JSON.stringify(by.rules)} covers ${merged.length - 1} other(s) already`
        : `; ${path}: ${JSON.stringify(by.rules[path])} could stand for ${merged.length} of them, ${valuesText(merged, path)} (${warned})`;
    })
    .join("");
}

function valuesText(merged: readonly PolicyDefinition[], path: string): string {
  const values = merged.map(({ rules }) => JSON.stringify(rules[path]));
  const more = values.length - SHOWN_VALUES;
  return values.slice(0, SHOWN_VALUES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
