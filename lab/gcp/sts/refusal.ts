/** Error codes of Google's token service (RFC 6749 §5.2, RFC 8693 §2.2.2). */
export type StsErrorCode =
  | "invalid_request"
  | "invalid_grant"
  | "invalid_target"
  | "invalid_scope"
  | "unsupported_grant_type"
  | "unauthorized_client"
  | "server_error";

/** A refused exchange, in the words of the service where they are known (see {@link refusals}). */
export class StsRefusal extends Error {
  readonly httpStatus: 400 | 500;

  constructor(
    readonly code: StsErrorCode,
    description: string,
  ) {
    super(description);
    this.httpStatus = code === "server_error" ? 500 : 400;
  }

  /** The JSON body. */
  body(): object {
    return { error: this.code, error_description: this.message };
  }
}

const FORMATS =
  "See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats.";

/**
 * The refusals. The first six are the service's own texts, as users report them (google-github-actions/auth#60 and #378,
 * terraform-google-modules/terraform-example-foundation#1362, gitlabhq/gitlabhq at 1dfe61a9,
 * doc/ci/secrets/gcp_secret_manager.md) and Google's page "Troubleshoot Workload Identity Federation" shows them. The rest of Google's texts is not published: the
 * codes are those of RFC 8693, the words are the lab's.
 */
export const refusals = {
  audienceForm: () =>
    new StsRefusal(
      "invalid_request",
      `Invalid value for "audience". This value should be the full resource name of the Identity Provider. ${FORMATS}`,
    ),
  unknownTarget: () =>
    new StsRefusal(
      "invalid_target",
      'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.',
    ),
  issuerUnreachable: () => new StsRefusal("invalid_grant", "Error connecting to the given credential's issuer."),
  condition: () =>
    new StsRefusal("unauthorized_client", "The given credential is rejected by the attribute condition."),
  subjectLength: () =>
    new StsRefusal(
      "invalid_request",
      "The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute mapping or the incoming assertion to produce a mapped attribute that is less than 127 bytes.",
    ),
  mapping: (attribute: string) =>
    new StsRefusal("unauthorized_client", `The mapped attribute '${attribute}' must be of type STRING.`),
  parameter: (name: string) => new StsRefusal("invalid_request", `Invalid value for "${name}".`),
  grantType: () => new StsRefusal("unsupported_grant_type", 'Invalid value for "grant_type".'),
  body: () => new StsRefusal("invalid_request", "The request body is neither a form nor JSON."),
  notAToken: () => new StsRefusal("invalid_grant", "The subject token is not a JSON Web Token."),
  otherIssuer: (issuer: string, expected: string) =>
    new StsRefusal("invalid_grant", `The issuer in ID Token [${issuer}] does not match the expected one: ${expected}.`),
  otherAudience: (audiences: readonly string[], expected: readonly string[]) =>
    new StsRefusal(
      "invalid_grant",
      `The audience in ID Token [${audiences.join(", ")}] does not match the expected audience ${expected.join(" or ")}.`,
    ),
  expired: (seconds: number) =>
    new StsRefusal("invalid_grant", `The ID Token has expired: exp is ${seconds} s in the past.`),
  notYetValid: (claim: string) =>
    new StsRefusal("invalid_grant", `The ID Token is not valid yet: ${claim} is in the future.`),
  signature: () => new StsRefusal("invalid_grant", "Invalid JWT signature."),
  subject: () => new StsRefusal("invalid_grant", "The ID Token is of no Kubernetes ServiceAccount."),
};
