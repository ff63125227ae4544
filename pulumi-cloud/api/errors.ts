import { type ErrorCode, OidcRunnerError } from "../../trust";

/** A request to Pulumi Cloud that failed. */
export class RequestError extends OidcRunnerError {
  /** Whether the request may have been carried out all the same, in any of its attempts. */
  readonly mayHaveActed: boolean;

  constructor(code: ErrorCode, what: string, details: { where: string; fix: string; mayHaveActed: boolean }) {
    super(code, what, details);
    this.mayHaveActed = details.mayHaveActed;
  }
}

/** What to do about an answer, by status. */
const FIXES: Record<number, string> = {
  401: "log in again: the access token is unknown or has expired",
  403: "use a token whose role has the scopes oidc_issuers:* and auth_policies:* (docs/permissions.md)",
  404: "check organization and id; the service also answers 404 for what the token may not see",
  429: "wait and run 'pulumi up' again; nothing was lost",
};

/** Pulumi Cloud answered a request with an error. `code` is `PULUMI_CLOUD_` and the HTTP status. */
export class CloudApiError extends RequestError {
  readonly status: number;
  /** What the service asked to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  /** `mayHaveActed`: default for a fault of the service, not for a refusal. */
  constructor(
    status: number,
    request: string,
    message: string,
    retryAfterMs?: number,
    mayHaveActed: boolean = status >= 500,
  ) {
    super(`PULUMI_CLOUD_${status}`, message === "" ? "Pulumi Cloud gave no reason" : message, {
      where: request,
      fix: fixFor(status, message),
      mayHaveActed,
    });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

function fixFor(status: number, message: string): string {
  // The one 400 that the OpenAPI document lists for a registration (pulumi/pulumi-pulumiservice at dc76a018, provider/pkg/cloud/spec.json).
  if (status === 400 && message.includes("metadata object store")) {
    return "have the administrator of this self-hosted Pulumi Cloud configure its object store for metadata: it can't hold issuers without one";
  }
  return (
    FIXES[status] ?? (status >= 500 ? "run 'pulumi up' again later" : "change the argument that the message names")
  );
}

/** The message of an error body: `{code, message}` where it is one (plain text for unrouted paths). */
export function errorMessage(body: string): string {
  try {
    const parsed = JSON.parse(body) as { message?: unknown } | null;
    if (typeof parsed?.message === "string") {
      return parsed.message;
    }
  } catch {
    // Plain text.
  }
  return body.trim().slice(0, 300);
}

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110 §10.2.3). Undefined when absent or neither. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) {
    return undefined;
  }
  if (/^\d+$/.test(header.trim())) {
    return Number(header) * 1000;
  }
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * A create, an update or a write that failed after Pulumi Cloud was changed, or may have been. It has the text of the error
 * that it was made of.
 */
export class PartialFailure extends OidcRunnerError {
  /** What exists, for the resource's state: outputs, and inputs where they differ from what was asked for. */
  readonly state: object;
  /** Whether it is known what exists. If not, the change may have been made or not. */
  readonly certain: boolean;

  constructor(error: OidcRunnerError, state: object, certain: boolean) {
    const { code, what, where, fix, cause } = error;
    super(code, what, { where, fix, cause });
    this.state = state;
    this.certain = certain;
  }

  /** An error after which this exists. A defect of ours stays what it is. */
  static leaving(state: object, error: unknown, certain = true): unknown {
    return error instanceof OidcRunnerError ? new PartialFailure(error, state, certain) : error;
  }

  /** An error of a request that may have been carried out; a refusal stays what it is. */
  static unlessRefused(state: object, error: unknown): unknown {
    return error instanceof RequestError && error.mayHaveActed ? new PartialFailure(error, state, false) : error;
  }
}

/** Whether an answer may mean that an issuer is gone: 404, or 400 "Invalid issuer ID" to a request for its policy. */
export function mayBeGone(error: unknown): error is CloudApiError {
  return error instanceof CloudApiError && (error.status === 404 || error.status === 400);
}

/**
 * Returns when an issuer is gone, because the list of issuers lacks it. A 404 alone does not say so: the service answers it
 * also for what the token may not see, and what is taken for gone leaves the state while it goes on admitting tokens.
 *
 * @param missing the answer that was a 404, or a 400 to a request for the policy
 * @throws OidcRunnerError `ISSUER_NOT_VISIBLE`; a 400 as it is; and what else the list ends with
 */
export async function confirmGone(
  client: { listIssuers(): Promise<readonly { id: string }[]> },
  issuerId: string,
  missing: CloudApiError,
): Promise<void> {
  let why: string;
  try {
    if (!(await client.listIssuers()).some(({ id }) => id === issuerId)) {
      return;
    }
    why = "it is in the list of issuers";
  } catch (error) {
    if (!(error instanceof CloudApiError) || error.status === 429 || error.status >= 500) {
      throw error;
    }
    why = `the list of issuers answers ${error.status}`;
  }
  if (missing.status !== 404) {
    throw missing;
  }
  throw new OidcRunnerError(
    "ISSUER_NOT_VISIBLE",
    `issuer ${issuerId} or its policy can't be seen with this access token: the answer is 404, but ${why}`,
    {
      where: missing.where,
      fix: "use a token whose role has the scopes oidc_issuers:* and auth_policies:* (docs/permissions.md), and check organization and apiUrl; nothing was changed",
      cause: missing,
    },
  );
}

/** The error for an id that no issuer has. */
export function issuerNotFound(issuerId: string, cause?: unknown): OidcRunnerError {
  return new OidcRunnerError("ISSUER_NOT_FOUND", `the organization has no issuer ${issuerId}`, {
    where: "issuerId",
    fix: "if it was deleted, run 'pulumi up --refresh' to register it again; else check organization and id",
    cause,
  });
}
