import { STATUS_CODES } from "node:http";

/** An error of the management routes: `{"code":404,"message":"Not Found: oidc issuer"}`, as quoted in pulumi/pulumi#16509. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(`${STATUS_CODES[status] ?? "Error"}: ${detail}`);
    this.name = "ApiError";
    this.status = status;
  }

  /** The answer's body. */
  body(): { code: number; message: string } {
    return { code: this.status, message: this.message };
  }
}

/** `error` of an answer of the token endpoint (RFC 6749 §5.2). */
export type OAuthErrorCode =
  | "invalid_request"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "invalid_grant"
  | "access_denied"
  | "server_error";

/**
 * The one text per code that callers see. The service does not say which check failed, so neither does the lab: the
 * reason is in the lab's log only. That of `server_error` was seen, under concurrency (pulumi/auth-actions#34); the others
 * are ours, but for an unknown organization, whose text the refusal brings along.
 */
const DESCRIPTIONS: Record<OAuthErrorCode, string> = {
  invalid_request: "the request is malformed or lacks a parameter",
  unsupported_grant_type: "the grant type is not supported",
  invalid_scope: "the scope does not fit the requested token type",
  invalid_grant: "the subject token is not accepted",
  access_denied: "the exchange is not allowed",
  server_error: "internal server error",
};

/** Why an exchange was refused: what the caller sees, and the reason for the lab's log. */
export class ExchangeRefusal extends Error {
  readonly code: OAuthErrorCode;
  /** Stable upper-case word, e.g. `SIGNATURE_INVALID`. Logged, never sent. */
  readonly reason: string;
  /** What else there is to say, for the log; holds no token. */
  readonly detail: string | undefined;
  /** What the caller is told, where the service's own words are known. */
  readonly description: string | undefined;

  constructor(code: OAuthErrorCode, reason: string, detail?: string, description?: string) {
    super(`${code}: ${reason}`);
    this.name = "ExchangeRefusal";
    this.code = code;
    this.reason = reason;
    this.detail = detail;
    this.description = description;
  }
}

/** Body of a refused exchange. */
export function oauthErrorBody(code: OAuthErrorCode, emptyDescription: boolean, description = DESCRIPTIONS[code]) {
  return { error: code, error_description: emptyDescription ? "" : description };
}
