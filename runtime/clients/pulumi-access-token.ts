import { OidcRunnerError, secureUrl } from "../../trust";
import { shown } from "../../trust/claims";
import {
  type AccessToken,
  checkExpirationSeconds,
  checkOrganization,
  DEFAULT_EXPIRATION_SECONDS,
  oneToken,
  pulumiAudience,
  TOKEN_OWNER,
  type TokenSelection,
  tokenOwner,
} from "../../trust/policy";
import { type Clock, type Fetch, failureText, readText } from "../http";
import { renewed } from "./renewed";
import type { ExpiringToken, TokenSource } from "./token-source";

/** Which access token is asked for, and what is presented for it. */
export interface PulumiAccessTokenOptions {
  /** Organization, as in app.pulumi.com/NAME. */
  organization: string;
  /** Exactly one of `organization`, `team`, `personal` and `runner`. */
  accessToken: AccessToken;
  /** The subject token, with the audience `urn:pulumi:org:ORGANIZATION`; such as a projected token's file. */
  subjectToken: TokenSource;
  /** Life that is asked for, in seconds. Default: 7200. */
  expirationSeconds?: number;
  /** Base address of the API. Default: `https://api.pulumi.com`. */
  apiUrl?: string;
  /** Time for one exchange, in milliseconds. Default: 30000. */
  timeoutMs?: number;
  /** Default: the global `fetch`. */
  fetch?: Fetch;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  clock?: Clock;
}

/** Longest answer, in bytes. */
const LONGEST_ANSWER = 65_536;

/**
 * Access tokens of Pulumi Cloud by exchange (RFC 8693; Pulumi documentation, "OIDC issuers"). Remembered, and renewed when a tenth
 * of their life is left, at least a minute and at most half. Callers that come together share one exchange.
 *
 * The source throws OidcRunnerError `EXCHANGE_REFUSED`, `EXCHANGE_UNAVAILABLE`, and what the subject token's source throws.
 * Errors of the call itself: `ORGANIZATION_EMPTY`, `ORGANIZATION_INVALID`, `OPTION_MISSING`, `OPTION_CONFLICT`,
 * `TOKEN_OWNER_MISSING`, `TOKEN_OWNER_WILDCARD`, `TOKEN_ADMIN_INVALID`, `EXPIRATION_INVALID`, `API_URL_INVALID`, `API_URL_INSECURE`.
 *
 * @example
 * const source = pulumiAccessToken({
 *   organization: "acme",
 *   accessToken: { team: { name: "platform" } },
 *   subjectToken: tokenFile("/var/run/secrets/pulumi/token"),
 * });
 * process.env.PULUMI_ACCESS_TOKEN = await source.get();
 */
export function pulumiAccessToken(options: PulumiAccessTokenOptions): TokenSource {
  const { organization, subjectToken, fetch = globalThis.fetch, clock = Date.now, timeoutMs = 30_000 } = options;
  const { expirationSeconds = DEFAULT_EXPIRATION_SECONDS } = options;
  checkOrganization(organization);
  checkExpirationSeconds(expirationSeconds);
  const selection = oneToken(options.accessToken, "accessToken");
  const base = secureUrl(options.apiUrl ?? "https://api.pulumi.com", "apiUrl").href.replace(/\/+$/, "");
  const url = `${base}/api/oauth/token`;

  async function exchange(): Promise<ExpiringToken> {
    const subject = await subjectToken.get();
    const now = clock();
    const { status, body } = await post(parameters(subject, organization, selection, expirationSeconds));
    const { access_token: token, expires_in: seconds } = body;
    if (status !== 200) {
      throw refusal(status, body, url);
    }
    if (typeof token !== "string" || token === "" || typeof seconds !== "number" || !(seconds > 0)) {
      throw unavailable("the answer holds no access token", url);
    }
    return { token, expiresAt: now + seconds * 1000 };
  }

  async function post(body: URLSearchParams): Promise<{ status: number; body: Record<string, unknown> }> {
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
        body: body.toString(),
      });
      return { status: response.status, body: objectIn(await readText(response, LONGEST_ANSWER)) };
    } catch (error) {
      throw unavailable(failureText(error), url, error);
    }
  }

  return renewed(exchange, {
    clock,
    aheadMs: (life) => Math.min(Math.max(life / 10, 60_000), life / 2),
  });
}

/** What `pulumi login --oidc-token` sends (pulumi/pulumi at v3.259.0, pkg/backend/httpstate/client/client.go, ExchangeOidcToken). */
function parameters(
  subjectToken: string,
  organization: string,
  selection: TokenSelection,
  expirationSeconds: number,
): URLSearchParams {
  const owner = tokenOwner(selection);
  const scope =
    owner === undefined ? (selection.admin === true ? "admin" : "") : `${TOKEN_OWNER[selection.tokenType]}:${owner}`;
  return new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    requested_token_type: `urn:pulumi:token-type:access_token:${selection.tokenType}`,
    audience: pulumiAudience(organization),
    expiration: String(expirationSeconds),
    scope,
    subject_token: subjectToken,
  });
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** RFC 6749 §5.2: `error`, and words that only some answers have. */
function refusal(status: number, body: Record<string, unknown>, url: string): OidcRunnerError {
  if (status < 400 || status >= 500 || status === 429) {
    return unavailable(`status ${status}`, url);
  }
  const words = [body.error, body.error_description].filter((text) => typeof text === "string" && text !== "");
  const reason = words.map((text) => shown(text as string)).join(": ") || `status ${status}`;
  return new OidcRunnerError("EXCHANGE_REFUSED", `Pulumi Cloud does not exchange the token: ${reason}`, {
    where: url,
    fix: "compare the token with the issuer's policy: `oidc-runner explain --relying-party pulumi` says which rule fails",
  });
}

function unavailable(reason: string, url: string, cause?: unknown): OidcRunnerError {
  return new OidcRunnerError("EXCHANGE_UNAVAILABLE", `the exchange got no usable answer: ${reason}`, {
    where: url,
    fix: "check apiUrl and the network, then try again",
    cause,
  });
}
