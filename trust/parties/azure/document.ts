import { subjectsOf, type TrustedToken } from "../../proof";
import { type Clause, invalidCredential, invalidExpression, matchExpression } from "./evaluate";

/** Audience of the tokens that public Entra ID exchanges (Entra documentation, "Workload identity federation"). */
export const TOKEN_EXCHANGE_AUDIENCE = "api://AzureADTokenExchange";

/** What the clouds of Microsoft recommend: public, US government, China (the same page). */
export const AUDIENCES: readonly string[] = [
  TOKEN_EXCHANGE_AUDIENCE,
  "api://AzureADTokenExchangeUSGov",
  "api://AzureADTokenExchangeChina",
];

/** Credentials of an app or a managed identity (Entra documentation, "Important considerations and restrictions for federated identity credentials"). */
export const MOST_CREDENTIALS = 20;

/** Characters of an issuer, a subject and an audience each (Microsoft Graph reference, `federatedIdentityCredential`). */
const LONGEST = 600;

/** A federated identity credential, in the names of Microsoft Graph. */
export type AzureCredential = { issuer: string; audiences: [string] } & (
  | { subject: string; claimsMatchingExpression?: undefined }
  | { subject?: undefined; claimsMatchingExpression: { value: string; languageVersion: 1 } }
);

/** The tokens that a flexible credential is for: all comparisons must hold. */
export interface FlexibleTrust extends Pick<TrustedToken, "issuer" | "audience"> {
  comparisons: readonly Clause[];
}

/**
 * The credentials by which tokens of some subjects may act as an app or a managed identity: one for each subject, compared
 * character by character.
 *
 * @throws OidcRunnerError `AZURE_CREDENTIAL_INVALID`, `TRUST_SUBJECT_INVALID`
 */
export function azureCredentials(trust: TrustedToken): AzureCredential[] {
  const { issuer, audience } = trust;
  const subjects = subjectsOf(trust);
  if (subjects.length > MOST_CREDENTIALS) {
    throw invalidCredential(`an app or a managed identity takes ${MOST_CREDENTIALS} of them`, "subject");
  }
  for (const [field, value] of [
    ["issuer", issuer],
    ["audiences", audience],
    ...subjects.map((text) => ["subject", text]),
  ]) {
    if (value === "" || (value ?? "").length > LONGEST) {
      throw invalidCredential(`"${value}" is empty or has more than ${LONGEST} characters`, String(field));
    }
  }
  return subjects.map((subject) => ({ issuer, subject, audiences: [audience] }));
}

/**
 * The flexible credential that compares claims by an expression, for the issuers that Entra ID has it for.
 *
 * @throws OidcRunnerError `AZURE_EXPRESSION_INVALID` for another issuer, for claims and operators that Entra ID does not compare
 * for this one, and without an id where new credentials must compare one
 */
export function flexibleCredential({ issuer, audience, comparisons }: FlexibleTrust): AzureCredential {
  const quoted = comparisons.find(({ comparand }) => /['\p{Cc}]/u.test(comparand));
  if (quoted !== undefined) {
    const fix = "leave it out; ? of matches is any character";
    throw invalidExpression(`a single quote within a text is not documented: ${quoted.comparand}`, fix);
  }
  const value = comparisons
    .map(({ claim, operator, comparand }) => `claims['${claim}'] ${operator} '${comparand}'`)
    .join(" and ");
  const [note] = matchExpression(value, issuer, {}).notes;
  if (note !== undefined) {
    throw invalidExpression(note, "add a comparison of an id by eq");
  }
  return { issuer, audiences: [audience], claimsMatchingExpression: { value, languageVersion: 1 } };
}
