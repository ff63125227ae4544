import { printable } from "../../trust";
import type { Identity, RefusalCode, Verifier } from "../verify";

/** A refused request, for the log. */
export interface RefusedRequest {
  status: 401 | 403 | 503;
  code: RefusalCode;
  /** One line, in the words of `oidc-runner explain`. It never holds the token. */
  message: string;
  /** Whose token it is, where the signature is good. */
  identity?: Identity;
}

/** How requests are guarded. */
export interface GuardOptions {
  /** Name of the protected space in `WWW-Authenticate`, without quotes and backslashes. Default: none is named. */
  realm?: string;
  /** Told why a request is refused, which the answer does not say. Default: one line by `console.warn`. */
  log?: (refused: RefusedRequest) => void;
}

/** What becomes of a request: its identity, or the answer that refuses it, which has no body. */
export type Decision = { identity: Identity } | { status: 401 | 403 | 503; headers: Record<string, string> };

/** `Authorization: Bearer TOKEN` (RFC 6750 §2.1). What the token is made of is the verifier's to judge. */
const BEARER = /^Bearer +(\S.*)$/i;

/** Codes that say nothing of the token: the same request may succeed later. */
const LATER: readonly RefusalCode[] = ["KEYS_UNAVAILABLE", "REVIEW_UNAVAILABLE"];

/**
 * Decides by the `Authorization` header of a request: what every middleware here does, for frameworks without one. Tokens in
 * query or body are never looked at.
 *
 * 401 with `error="invalid_token"` for a bad token, without an error for a request that has none; 403 with
 * `error="insufficient_scope"` for a good one whose identity is not allowed (RFC 6750 §3.1); 503 when keys or the API server
 * can't be reached.
 */
export async function decide(
  verifier: Verifier,
  authorization: string | undefined | null,
  options: GuardOptions = {},
): Promise<Decision> {
  const [, token] = BEARER.exec(authorization ?? "") ?? [];
  const verdict =
    token === undefined
      ? ({ valid: false, code: "NO_TOKEN", message: withoutToken(authorization) } as const)
      : await verifier.verify(token);
  if (verdict.valid) {
    return { identity: verdict.identity };
  }
  const { code, message } = verdict;
  const status = LATER.includes(code) ? 503 : code === "NOT_ALLOWED" ? 403 : 401;
  const identity = "identity" in verdict ? verdict.identity : undefined;
  (options.log ?? logLine)({ status, code, message, ...(identity !== undefined && { identity }) });
  const headers: Record<string, string> = { "Cache-Control": "no-store", "Content-Length": "0" };
  if (status === 503) {
    headers["Retry-After"] = "5";
  } else {
    headers["WWW-Authenticate"] = challenge(code, options.realm);
  }
  return { status, headers };
}

function withoutToken(authorization: string | undefined | null): string {
  return authorization ? "the Authorization header is not a bearer token's" : "the request has no Authorization header";
}

function challenge(code: RefusalCode, realm: string | undefined): string {
  const error =
    code === "NO_TOKEN" ? [] : [`error="${code === "NOT_ALLOWED" ? "insufficient_scope" : "invalid_token"}"`];
  const parameters = [...(realm === undefined ? [] : [`realm="${realm.replace(/["\\\r\n]/g, "")}"`]), ...error];
  return parameters.length === 0 ? "Bearer" : `Bearer ${parameters.join(", ")}`;
}

function logLine({ status, code, message, identity }: RefusedRequest): void {
  const who = identity === undefined ? "" : ` (${identity.subject} of ${identity.issuer})`;
  console.warn(printable(`${status} ${code}: ${message}${who}`));
}
