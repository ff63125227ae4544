import { type Claims, claimValues } from "../../../claims";
import { type Explanation, nearest } from "../../../verdict";
import { matchExpression } from "./match-expression";
import { readCredential } from "./read-credential";

/**
 * Whether a federated identity credential accepts a token, and why. Issuer, subject and audience must be the same as in the
 * credential, exactly and with the same case, without wildcards (Microsoft Entra documentation, "Important
 * considerations and restrictions for federated identity credentials"). A flexible credential has an expression over claims
 * for its subject: {@link matchExpression}.
 *
 * A token with several audiences is accepted when the credential's is among them. Signature and times are taken as good.
 *
 * @throws OidcRunnerError `AZURE_CREDENTIAL_INVALID`, `AZURE_EXPRESSION_INVALID`
 */
export function evaluateAzureTrust(document: unknown, claims: Claims): Explanation {
  const { issuer, audience, subject, expression } = readCredential(document);
  const { unmet, notes } = expression === undefined ? CLASSIC : matchExpression(expression, issuer, claims);
  const reasons = [
    ...mismatch("issuer", issuer, claims, "iss"),
    ...(subject === undefined ? unmet : mismatch("subject", subject, claims, "sub")),
    ...mismatch("audience", audience, claims, "aud"),
  ];
  if (reasons.length > 0) {
    return { decision: "deny", reasons };
  }
  const met = expression === undefined ? "issuer, subject and audience" : "issuer, expression and audience";
  return { decision: "allow", reasons: [`${met} are the credential's`, ...notes] };
}

const CLASSIC = { unmet: [], notes: [] };

function mismatch(field: string, expected: string, claims: Claims, claim: string): string[] {
  const actual = claim === "aud" || typeof claims[claim] === "string" ? claimValues(claims, [claim]) : [];
  if (actual.includes(expected)) {
    return [];
  }
  const got = actual.length === 0 ? `no ${claim}` : `${claim} ${actual.join(", ")}`;
  return [`${field} expected ${expected}, got ${got}${nearest(expected, actual)}`];
}
