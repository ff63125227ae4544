import { OidcRunnerError, secureUrl } from "../../trust";
import { checkIssuerUrl } from "../../trust/issuers";
import type { Allow } from "../../trust/parties/service";
import type { Clock, Fetch } from "../http";
import type { KeyLocation } from "./keys";
import { checkKeySet, type KeySet } from "./keys";
import type { Meter } from "./metrics";
import type { TokenReviewOptions } from "./token-review";

/** An issuer whose tokens are verified, and where its keys are: at most one of `discoveryUrl`, `jwksUri` and `keys`. */
export interface TrustedIssuer {
  /** `iss` of its tokens, compared character by character: a final slash counts. */
  issuer: string;
  /**
   * Address of the discovery document, where the issuer is served by another host than `iss` says. The document must still
   * name `issuer`. Default: `issuer` with `/.well-known/openid-configuration`.
   */
  discoveryUrl?: string;
  /** Origins that the discovery document's `jwks_uri` may have besides its own, such as `https://www.googleapis.com`. */
  jwksOrigins?: readonly string[];
  /** Address of the key set, read without discovery, such as `/openid/v1/jwks` of an API server. */
  jwksUri?: string;
  /** The key set itself, for an issuer that can't be reached. It is never read again, so its keys must not rotate. */
  keys?: { readonly keys: readonly object[] };
  /** Reads discovery document and key set, for a private CA or a proxy. Default: the verifier's. */
  fetch?: Fetch;
  /** Have the cluster's API server review each token, so that a deleted pod's is refused. Default: it is not asked. */
  tokenReview?: TokenReviewOptions;
}

/** What a verifier is made of. It is read once: changes to the object later have no effect. */
export interface VerifierOptions {
  /** The only issuers whose tokens are accepted; at least one. A text stands for `{ issuer: text }`. */
  issuers: readonly (string | TrustedIssuer)[];
  /** What `aud` must hold: the name that clients know this service by, usually its URL. Of several, one is enough. */
  audience: string | readonly string[];
  /** Who is let in; others get 403. */
  allow: Allow;
  /** What the header's `typ` must be, such as `at+jwt`. Default: not looked at, because Kubernetes sends none. */
  typ?: string;
  /** How far `nbf` may lie ahead, in seconds, 0 to 300. `exp` has no leeway. Default: 5. */
  leewaySeconds?: number;
  /**
   * How long an issuer's keys are good without being read again, in seconds, 60 to 86400. They are read again after half of it,
   * so an issuer may be down for the other half. Default: 600.
   */
  keysMaxAgeSeconds?: number;
  /** Time for reading an issuer's keys or a review, in seconds, up to 60. Default: 5. */
  timeoutSeconds?: number;
  /** Default: the global `fetch`. */
  fetch?: Fetch;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  clock?: Clock;
  /** Default: OpenTelemetry's global one, where `@opentelemetry/api` is installed. */
  meter?: Meter;
  /** Told in one line when keys can't be read while older ones serve. Default: `console.warn`. */
  log?: (line: string) => void;
}

/** An issuer, checked. */
export interface CheckedIssuer {
  issuer: string;
  keys: KeySet | KeyLocation;
  fetch: Fetch;
  tokenReview: TokenReviewOptions | undefined;
}

/** Options, checked and with their defaults. */
export interface CheckedOptions {
  issuers: CheckedIssuer[];
  audiences: string[];
  typ: string | undefined;
  leewaySeconds: number;
  keysMaxAgeMs: number;
  timeoutMs: number;
  clock: Clock;
}

/**
 * Checks everything but `allow`, and copies it.
 *
 * @throws OidcRunnerError `OPTION_MISSING`, `OPTION_CONFLICT`, `OPTION_INVALID`, `ISSUER_URL_INVALID`, `API_URL_INVALID`,
 * `API_URL_INSECURE`, `JWKS_INVALID`, `JWKS_PRIVATE`
 */
export function checkOptions(options: VerifierOptions): CheckedOptions {
  const fetch = options.fetch ?? globalThis.fetch;
  const issuers = (options.issuers ?? []).map((given, index) =>
    checkIssuer(typeof given === "string" ? { issuer: given } : given, `issuers[${index}]`, fetch),
  );
  if (issuers.length === 0) {
    throw missing("no issuer is given, so no token could be accepted", "issuers", "give the iss of the tokens");
  }
  const twice = issuers.find(({ issuer }, index) => issuers.findIndex((other) => other.issuer === issuer) !== index);
  if (twice !== undefined) {
    throw new OidcRunnerError("OPTION_CONFLICT", `${twice.issuer} is given twice`, {
      where: "issuers",
      fix: "give it once",
    });
  }
  const audiences = [options.audience ?? []].flat();
  if (audiences.length === 0 || audiences.some((audience) => typeof audience !== "string" || audience === "")) {
    throw missing(
      "without an audience, tokens for other services would be accepted",
      "audience",
      "give the name that clients know this service by, such as its URL",
    );
  }
  return {
    issuers,
    audiences,
    typ: options.typ === undefined ? undefined : plainType(options.typ),
    leewaySeconds: within(options.leewaySeconds ?? 5, 0, 300, "leewaySeconds"),
    keysMaxAgeMs: within(options.keysMaxAgeSeconds ?? 600, 60, 86_400, "keysMaxAgeSeconds") * 1000,
    timeoutMs: Math.ceil(within(options.timeoutSeconds ?? 5, 0.001, 60, "timeoutSeconds") * 1000),
    clock: options.clock ?? Date.now,
  };
}

/** `typ` as it is compared: in lower case, and with the prefix that may be left out (RFC 7515 §4.1.9). */
export function plainType(typ: string): string {
  const lower = typ.toLowerCase();
  return lower.includes("/") ? lower : `application/${lower}`;
}

function checkIssuer(given: TrustedIssuer, where: string, fetch: Fetch): CheckedIssuer {
  const { issuer, discoveryUrl, jwksUri, keys, jwksOrigins = [], tokenReview } = given;
  if (typeof issuer !== "string") {
    throw missing("an issuer has no name", `${where}.issuer`, "give the iss of its tokens");
  }
  const sources = Object.entries({ discoveryUrl, jwksUri, keys }).filter(([, value]) => value !== undefined);
  if (sources.length > 1) {
    throw new OidcRunnerError(
      "OPTION_CONFLICT",
      `${sources.map(([name]) => name).join(" and ")} are mutually exclusive`,
      {
        where,
        fix: "give one of them: they all say where the keys are",
      },
    );
  }
  // A rehearsal's issuer is on loopback, where there may be no TLS.
  if (!issuer.startsWith("http://") || secureUrl(issuer, `${where}.issuer`).protocol !== "http:") {
    checkIssuerUrl(issuer, `${where}.issuer`);
  }
  if (tokenReview !== undefined) {
    secureUrl(tokenReview.apiServer, `${where}.tokenReview.apiServer`);
    within(tokenReview.cacheSeconds ?? 0, 0, 300, `${where}.tokenReview.cacheSeconds`);
  }
  return {
    issuer,
    keys:
      keys === undefined
        ? {
            issuer,
            discoveryUrl: secureUrl(
              discoveryUrl ?? `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
              `${where}.discoveryUrl`,
            ).href,
            ...(jwksUri !== undefined && { jwksUri: secureUrl(jwksUri, `${where}.jwksUri`).href }),
            jwksOrigins: jwksOrigins.map((origin, index) => secureUrl(origin, `${where}.jwksOrigins[${index}]`).origin),
          }
        : checkKeySet(keys, `${where}.keys`),
    fetch: given.fetch ?? fetch,
    tokenReview: tokenReview && { ...tokenReview },
  };
}

function within(value: number, least: number, most: number, where: string): number {
  if (!(typeof value === "number" && value >= least && value <= most)) {
    throw new OidcRunnerError("OPTION_INVALID", `${String(value)} is not a usable number`, {
      where,
      fix: `give ${least} to ${most}`,
    });
  }
  return value;
}

function missing(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("OPTION_MISSING", what, { where, fix });
}
