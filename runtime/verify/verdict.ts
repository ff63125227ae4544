import type { Identity } from "./identity";

/** What each refusal means. The codes are stable: programs and alerts may compare them. */
export const REFUSALS = {
  NO_TOKEN: "The request has no bearer token.",
  TOO_LONG: "The token has more than 8,192 characters.",
  MALFORMED: "It is not a signed JSON Web Token, or a part of it is not what the standards ask for.",
  NON_CANONICAL: "The same token is spelled otherwise: with padding, white space, other letters or spare bits.",
  HEADER_REFUSED: "The header names a key of its own or an extension that must be understood.",
  ALGORITHM_REFUSED: "The algorithm is none, symmetric, or another than the key's type has.",
  ISSUER_REFUSED: "`iss` is not an issuer of this verifier.",
  KEY_UNKNOWN: "The issuer's key set has no key for the token.",
  SIGNATURE_INVALID: "The issuer's key did not sign these bytes.",
  TYPE_REFUSED: "`typ` is not the one that is asked for.",
  AUDIENCE_REFUSED: "`aud` does not name this service.",
  EXPIRED: "The time of `exp` has come.",
  NOT_YET_VALID: "The time of `nbf` has not come.",
  TIMES_INVALID: "`exp` is missing, or a time is not a number of seconds.",
  NOT_ALLOWED: "The token is good, and its identity is not on the list.",
  REVIEW_REFUSED: "The API server refuses the token: its pod or ServiceAccount was deleted.",
  REVIEW_UNAVAILABLE: "The API server did not answer the review.",
  KEYS_UNAVAILABLE: "The issuer's keys can't be read.",
} as const satisfies Record<string, string>;

/** Why a token is refused. */
export type RefusalCode = keyof typeof REFUSALS;

/** A token that is accepted. */
export interface Accepted {
  readonly valid: true;
  readonly identity: Identity;
}

/** A token that is refused. Its message is for logs: who presented the token must not see it. */
export interface Refused {
  readonly valid: false;
  readonly code: RefusalCode;
  /** One line. It quotes claims only of tokens whose signature is good, besides `iss`, `alg` and `kid`; never the token. */
  readonly message: string;
  /** Whose token it is; absent unless signature, times and audience are good. */
  readonly identity?: Identity;
}

export type Verdict = Accepted | Refused;

export function refuse(code: RefusalCode, message: string, identity?: Identity): Refused {
  return { valid: false, code, message, ...(identity !== undefined && { identity }) };
}
