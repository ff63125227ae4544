import { randomUUID } from "node:crypto";

/** Error codes of Entra ID's token endpoint (RFC 6749 §5.2 and its own). */
type ErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_scope"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "temporarily_unavailable";

/** A refused request for a token, with the AADSTS code of the real service. */
export class EntraRefusal extends Error {
  readonly httpStatus: 400 | 401 | 503;

  /** @param hasPage Entra's error page tells of this code */
  constructor(
    readonly error: ErrorCode,
    readonly aadsts: number,
    description: string,
    readonly hasPage = false,
  ) {
    super(`AADSTS${aadsts}: ${description}`);
    this.httpStatus = error === "invalid_client" ? 401 : error === "temporarily_unavailable" ? 503 : 400;
  }

  /** The JSON body (Entra documentation, "Microsoft Entra authentication and authorization error codes"). */
  body(now: number, correlationId: string = randomUUID()): object {
    const timestamp = new Date(now)
      .toISOString()
      .replace("T", " ")
      .replace(/\.\d+Z$/, "Z");
    const traceId = randomUUID();
    return {
      error: this.error,
      error_description: `${this.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [this.aadsts],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      ...(this.hasPage && { error_uri: `https://login.microsoftonline.com/error?code=${this.aadsts}` }),
    };
  }
}

const COMPARE =
  "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

const noRecord = (code: number, what: string) =>
  new EntraRefusal(
    "invalid_client",
    code,
    `No matching federated identity record found for presented assertion ${what}. ${COMPARE}`,
  );

/**
 * The refusals, in the service's own codes and words as users report them: issuer Azure/azure-workload-identity#1200, subject the same
 * thread and Azure/login#482, its case Azure/login#515, key Azure/azure-workload-identity#1232 and #616 (which shows the status 401),
 * time AzureAD/microsoft-authentication-library-for-dotnet at 00cf259a,
 * tests/Microsoft.Identity.Test.Common/TestConstants.cs, unreachable issuer gitlabhq/gitlabhq, doc/ci/cloud_services/azure/_index.md.
 * Of 7002131, 70003 and 90033 only the code is known.
 */
export const refusals = {
  tenant: (tenant: string) =>
    new EntraRefusal(
      "invalid_request",
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
      true,
    ),
  parameter: (name: string) =>
    new EntraRefusal(
      "invalid_request",
      900144,
      `The request body must contain the following parameter: '${name}'.`,
      true,
    ),
  grantType: (type: string) =>
    new EntraRefusal(
      "unsupported_grant_type",
      70003,
      `The app requested an unsupported grant type '${type}'. Make sure your application is using a supported OAuth grant type.`,
    ),
  scope: (scope: string) =>
    new EntraRefusal(
      "invalid_scope",
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    ),
  application: (clientId: string, tenant: string) =>
    new EntraRefusal(
      "unauthorized_client",
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
      true,
    ),
  noAssertion: () =>
    new EntraRefusal(
      "invalid_client",
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      true,
    ),
  malformed: () => new EntraRefusal("invalid_request", 50027, "JWT token is invalid or malformed.", true),
  noCredentials: (name: string) =>
    new EntraRefusal("invalid_client", 70025, `The client '${name}' has no configured federated identity credentials.`),
  notPropagated: (issuer: string, subject: string, audience: string) =>
    new EntraRefusal(
      "invalid_client",
      70021,
      `No matching federated identity record found for presented assertion. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${audience}'.`,
    ),
  issuer: (issuer: string) => noRecord(700211, `issuer '${issuer}'`),
  audience: (audience: string) => noRecord(700212, `audience '${audience}'`),
  subject: (subject: string) => noRecord(700213, `subject '${subject}'`),
  subjectCase: (subject: string) =>
    noRecord(
      7002138,
      `subject '${subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison`,
    ),
  expression: (subject: string) =>
    noRecord(7002131, `subject '${subject}' or no federated identity credential expression matches it`),
  issuerUnreachable: () => new EntraRefusal("invalid_request", 501661, "Request to External OIDC endpoint failed."),
  unknownKey: (key: string, issuer: string) =>
    new EntraRefusal(
      "invalid_client",
      7000272,
      `The certificate with identifier ${key} used to sign the federated credential could not be found in the metadata of identity provider ${issuer}. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token.`,
      true,
    ),
  signature: () => new EntraRefusal("invalid_client", 700027, "Client assertion failed signature validation.", true),
  times: (now: number, from: number, until: number) =>
    new EntraRefusal(
      "invalid_client",
      700024,
      `Client assertion is not within its valid time range. Current time: ${instant(now)}, assertion valid from ${instant(from)}, expiry time of assertion ${instant(until)}. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .`,
      true,
    ),
  unavailable: () =>
    new EntraRefusal("temporarily_unavailable", 90033, "A transient error has occurred. Please try again."),
};

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace("Z", "0000Z");
}
