import { OidcRunnerError } from "../../../errors";

/** A federated identity credential of an app or a managed identity, in the field names of Microsoft Graph. */
export interface FederatedCredential {
  issuer: string;
  /** Exactly one, `api://AzureADTokenExchange` in public Azure. */
  audience: string;
  /** The subject, exactly, or an expression over claims: one of them. */
  subject: string | undefined;
  expression: string | undefined;
}

/**
 * Reads a federated identity credential. `subject` and `claimsMatchingExpression` are mutually exclusive, and
 * `languageVersion` is always 1 (Microsoft Entra documentation, "Flexible federated identity credentials").
 *
 * @throws OidcRunnerError `AZURE_CREDENTIAL_INVALID`
 */
export function readCredential(document: unknown): FederatedCredential {
  const credential = isObject(document) ? document : {};
  const { issuer, audiences } = credential;
  // Microsoft Graph writes null for what a credential does not have.
  const subject = credential.subject ?? undefined;
  const expression = readExpression(credential.claimsMatchingExpression ?? undefined);
  if (!isText(issuer)) {
    throw invalidCredential("it needs an issuer", "issuer");
  }
  if (subject !== undefined && expression !== undefined) {
    throw invalidCredential(
      "it has a subject and an expression, which are mutually exclusive",
      "claimsMatchingExpression",
    );
  }
  if (expression === undefined && !isText(subject)) {
    throw invalidCredential("it needs a subject, or an expression", "subject");
  }
  if (!Array.isArray(audiences) || audiences.length !== 1 || !isText(audiences[0])) {
    throw invalidCredential("it needs exactly one audience", "audiences");
  }
  return { issuer, audience: audiences[0], subject: isText(subject) ? subject : undefined, expression };
}

function readExpression(expression: unknown): string | undefined {
  if (expression === undefined) {
    return undefined;
  }
  const { value, languageVersion } = isObject(expression) ? expression : {};
  if (!isText(value)) {
    throw invalidCredential("the expression needs a value", "claimsMatchingExpression.value");
  }
  if (languageVersion !== 1) {
    throw invalidCredential("the expression's languageVersion must be 1", "claimsMatchingExpression.languageVersion");
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** The error for what Entra ID would not store as a credential. */
export function invalidCredential(what: string, where: string): OidcRunnerError {
  return new OidcRunnerError("AZURE_CREDENTIAL_INVALID", `this is not a federated identity credential: ${what}`, {
    where,
    fix: 'give {"issuer":…,"subject":…,"audiences":["api://AzureADTokenExchange"]}, or for subject {"claimsMatchingExpression":{"value":…,"languageVersion":1}}',
  });
}
