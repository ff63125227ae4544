import { OidcRunnerError } from "../../trust";

/** What to do about an answer, by status. */
const FIXES: Record<number, string> = {
  401: "log in anew: the access token is unknown or has expired",
  403: "use a token whose role has the scopes oidc_issuers:* and auth_policies:* (README, First run)",
  404: "check organization and id; the service also answers 404 for what the token may not see",
  429: "wait and run 'pulumi up' again; nothing was lost",
};

/** Pulumi Cloud refused a request. `code` is `PULUMI_CLOUD_` and the HTTP status. */
export class CloudApiError extends OidcRunnerError {
  readonly status: number;
  /** What the service asked to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, request: string, message: string, retryAfterMs?: number) {
    super(`PULUMI_CLOUD_${status}`, message === "" ? "Pulumi Cloud gave no reason" : message, {
      where: request,
      fix: fixFor(status, message),
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
