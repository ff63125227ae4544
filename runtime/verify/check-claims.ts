import { type Claims, claimValues, shown } from "../../trust/claims";
import { type Refused, refuse } from "./verdict";

/** What a signed token must say. */
export interface Expected {
  audiences: readonly string[];
  /** Milliseconds since the epoch. */
  now: number;
  /** How far `nbf` may lie ahead. */
  leewaySeconds: number;
}

/** Holds the claims of a token whose signature is good against what is expected; undefined when they are. */
export function checkClaims(claims: Claims, expected: Expected): Refused | undefined {
  return checkTimes(claims, expected) ?? checkAudience(claims, expected) ?? checkSubject(claims);
}

/** `exp` counts to the second and without leeway; a clock that is late would else refuse a token that was just issued. */
function checkTimes(claims: Claims, { now, leewaySeconds }: Expected): Refused | undefined {
  const { exp, nbf } = claims;
  if (exp === undefined) {
    return refuse("TIMES_INVALID", "the token has no exp, so it would be valid forever");
  }
  for (const name of ["exp", "nbf", "iat"]) {
    const value = claims[name];
    // JSON's 1e999 is Infinity.
    if (value !== undefined && !(typeof value === "number" && Number.isFinite(value))) {
      return refuse("TIMES_INVALID", `the token's ${name} is not a time in seconds since 1970`);
    }
  }
  if ((exp as number) * 1000 <= now) {
    return refuse("EXPIRED", `the token expired ${seconds(now / 1000 - (exp as number))} ago`);
  }
  if (nbf !== undefined && (nbf as number) * 1000 > now + leewaySeconds * 1000) {
    return refuse("NOT_YET_VALID", `the token is valid only in ${seconds((nbf as number) - now / 1000)}`);
  }
  return undefined;
}

function seconds(value: number): string {
  return `${Math.ceil(value)} s`;
}

/** `aud` is a text or a list of texts (RFC 7519 §4.1.3). */
function checkAudience(claims: Claims, { audiences }: Expected): Refused | undefined {
  const { aud } = claims;
  if (aud === undefined) {
    return refuse("AUDIENCE_REFUSED", "the token has no aud, so it may be meant for any service");
  }
  if (typeof aud !== "string" && !(Array.isArray(aud) && aud.every((value) => typeof value === "string"))) {
    return refuse("AUDIENCE_REFUSED", "the token's aud is neither a text nor a list of texts");
  }
  const values = claimValues(claims, ["aud"]);
  if (values.some((value) => audiences.includes(value))) {
    return undefined;
  }
  const expected = audiences.map(shown).join(" or ");
  return refuse("AUDIENCE_REFUSED", `aud expected ${expected}, got ${values.map(shown).join(", ") || "an empty list"}`);
}

function checkSubject({ sub }: Claims): Refused | undefined {
  return typeof sub === "string" && sub !== "" ? undefined : refuse("MALFORMED", "the token's sub is not a text");
}
