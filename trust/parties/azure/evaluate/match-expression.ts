import type { Claims } from "../../../claims";
import { type EntraComparisons, KNOWN_ISSUERS } from "../../../issuers";
import { matchesGlob } from "../../../pattern";
import { nearest } from "../../../verdict";
import { type Clause, invalidExpression, parseExpression } from "./expression";

/** What an expression says of a token: the comparisons that fail, and what should be changed about it anyway. */
export interface ExpressionFinding {
  unmet: string[];
  notes: string[];
}

/**
 * Holds a claims matching expression against a token; all comparisons must be met, by claims that are texts, compared
 * exactly. Of `matches`, `*` is any characters, also none, and `?` exactly one.
 *
 * Microsoft wants immutable ids beside the subjects of GitHub and GitLab, and doesn't say what becomes of credentials
 * without; these are evaluated as they stand, with a note.
 *
 * @throws OidcRunnerError `AZURE_EXPRESSION_INVALID`
 */
export function matchExpression(expression: string, issuer: string, claims: Claims): ExpressionFinding {
  const clauses = parseExpression(expression);
  const language = languageOf(issuer);
  if (language === undefined) {
    throw invalidExpression(
      `flexible credentials are not for ${issuer}`,
      "they are for GitHub (https://token.actions.githubusercontent.com), GitLab and Terraform Cloud; give a subject",
      "issuer",
    );
  }
  for (const clause of clauses) {
    checkClause(clause, language, issuer);
  }
  const notes = language.required
    .filter((group) => !group.some((claim) => clauses.some((clause) => clause.claim === claim)))
    .map((group) => `note: new credentials for ${issuer} must also compare ${group.join(" or ")}`);
  return { unmet: clauses.flatMap((clause) => mismatch(clause, claims)), notes };
}

/**
 * The claims and operators of an issuer (Microsoft Entra documentation, "Flexible federated identity credentials": issuer URLs,
 * supported claims, and operators by platform); undefined for an issuer flexible credentials are not for.
 */
export function languageOf(issuer: string): EntraComparisons | undefined {
  return KNOWN_ISSUERS.find(({ entra }) => entra?.issuers.test(issuer))?.entra;
}

function checkClause({ claim, operator }: Clause, { claims }: EntraComparisons, issuer: string): void {
  const operators = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (operators === undefined) {
    throw invalidExpression(
      `${claim} can't be compared for ${issuer}`,
      `compare ${Object.keys(claims).join(", ")}; audience and issuer have fields of their own`,
    );
  }
  if (!operators.includes(operator)) {
    throw invalidExpression(`${claim} can't be compared by ${operator}`, `use ${operators.join(" or ")}`);
  }
}

function mismatch({ claim, operator, comparand }: Clause, claims: Claims): string[] {
  const actual = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (typeof actual !== "string") {
    return [`${claim} ${operator} ${comparand}, got no ${claim}`];
  }
  if (operator === "eq" ? actual === comparand : matchesGlob(comparand, actual)) {
    return [];
  }
  return [
    `${claim} ${operator} ${comparand}, got ${actual}${nearest(comparand, [actual])}${literalStar(operator, comparand)}`,
  ];
}

function literalStar(operator: Clause["operator"], comparand: string): string {
  return operator === "eq" && /[*?]/.test(comparand) ? " (* and ? are wildcards of matches, not of eq)" : "";
}
