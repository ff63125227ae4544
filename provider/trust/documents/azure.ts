import { OidcRunnerError } from "../../errors";
import { type Claims, claimValues } from "../claims";
import type { Explanation } from "../explain";

/** A federated identity credential of an app or a managed identity, in the field names of Microsoft Graph. */
export interface FederatedCredential {
  issuer: string;
  subject: string;
  /** Exactly one, `api://AzureADTokenExchange` in public Azure. */
  audiences: [string];
}

/**
 * Whether a federated identity credential accepts a token, and why: issuer, subject and audience must be the same as in
 * the credential, letter by letter and case by case, without wildcards (Microsoft Entra documentation, "Important
 * considerations and restrictions for federated identity credentials").
 *
 * A token with several audiences is accepted when the credential's is among them. Signature and times are taken as good.
 *
 * @throws OidcRunnerError `AZURE_CREDENTIAL_INVALID`, `AZURE_FLEXIBLE_UNSUPPORTED`
 */
export function evaluateAzureTrust(document: unknown, claims: Claims): Explanation {
  const { issuer, subject, audiences } = readCredential(document);
  const reasons = [
    ...mismatch("issuer", issuer, claims, "iss"),
    ...mismatch("subject", subject, claims, "sub"),
    ...mismatch("audience", audiences[0], claims, "aud"),
  ];
  return reasons.length > 0
    ? { decision: "deny", reasons }
    : { decision: "allow", reasons: ["issuer, subject and audience are the credential's"] };
}

function mismatch(field: string, expected: string, claims: Claims, claim: string): string[] {
  const actual = claim === "aud" || typeof claims[claim] === "string" ? claimValues(claims, [claim]) : [];
  if (actual.includes(expected)) {
    return [];
  }
  const got = actual.length === 0 ? `no ${claim}` : `${claim} ${actual.join(", ")}`;
  return [`${field} expected ${expected}, got ${got}${hint(expected, actual)}`];
}

/** The differences that people overlook. */
function hint(expected: string, actual: string[]): string {
  if (actual.some((value) => value.replace(/\/$/, "") === expected.replace(/\/$/, ""))) {
    return " (they differ only by a final slash)";
  }
  if (actual.some((value) => value.toLowerCase() === expected.toLowerCase())) {
    return " (they differ only in upper and lower case)";
  }
  return "";
}

function readCredential(document: unknown): FederatedCredential {
  const credential = typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
  const expression = credential.claimsMatchingExpression;
  // Microsoft Graph writes null for what a credential does not have.
  if (expression !== undefined && expression !== null) {
    throw new OidcRunnerError("AZURE_FLEXIBLE_UNSUPPORTED", "flexible federated credentials are not evaluated", {
      where: "claimsMatchingExpression",
      fix: "give a credential with issuer, subject and audiences",
    });
  }
  const { issuer, subject, audiences } = credential;
  if (!isText(issuer) || !isText(subject)) {
    throw invalid("it needs issuer and subject", isText(issuer) ? "subject" : "issuer");
  }
  if (!Array.isArray(audiences) || audiences.length !== 1 || !isText(audiences[0])) {
    throw invalid("it needs exactly one audience", "audiences");
  }
  return { issuer, subject, audiences: [audiences[0]] };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function invalid(what: string, where: string): OidcRunnerError {
  return new OidcRunnerError("AZURE_CREDENTIAL_INVALID", `this is no federated identity credential: ${what}`, {
    where,
    fix: 'give {"issuer":…,"subject":…,"audiences":["api://AzureADTokenExchange"]}',
  });
}
