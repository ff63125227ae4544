import type { Claims } from "../../trust/claims";
import { describeTime } from "../claims";
import type { DecodedToken } from "../decode-token";
import type { RelyingParty } from "../read-document";

/** What is to be known of a token besides what the policy says; the names are for scripts, and stay. */
export type CheckName = "signature" | "algorithm" | "expiry" | "notBefore" | "issuer" | "provider";

/** How one check of a token ended. */
export interface Check {
  name: CheckName;
  result: "passed" | "failed" | "notChecked";
  /** Why it failed or was not made, in one line. */
  message?: string;
}

/** Why each is left open. */
const NOT_CHECKED: Record<Exclude<CheckName, "notBefore">, string> = {
  signature: "it needs the issuer's keys",
  algorithm: "the token's header is not there, or the party's documentation doesn't say which it takes",
  expiry: "the claims have no exp",
  issuer: "the policy doesn't name its issuer: compare the token's iss with it",
  provider: "the account's IAM OIDC provider must exist, and have the token's aud among its client ids",
};

/** Signatures by the issuer's private key, which public keys verify (RFC 7518 §3.1, RFC 8037). */
const ASYMMETRIC = /^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/;

/**
 * The algorithms that a party's documentation says it takes; a party that is not here says nothing binding.
 * - aws: RSA and, since 2024-11-20, ECDSA (AWS "What's New", "AWS STS support for ECDSA-based signatures of OIDC tokens").
 * - gcp: Security Token Service API reference, `ExchangeTokenRequest.subjectToken`.
 * - azure: Entra documentation, "Important considerations and restrictions for federated identity credentials", supports
 *   RS256, and says that others may work. pulumi: not documented.
 */
const DOCUMENTED: Partial<Record<RelyingParty, RegExp>> = {
  aws: /^(RS|ES)(256|384|512)$/,
  gcp: /^(RS|ES)256$/,
};

/**
 * Holds a token's times against `at` (milliseconds, no leeway), and its algorithm against what the party takes; whatever the
 * trust document says, the party refuses a token of which any check failed.
 */
export function checkToken({ claims, header }: DecodedToken, party: RelyingParty, at: number): Check[] {
  const algorithm = header === undefined ? undefined : refusedAlgorithm(header.alg, party);
  const known = header !== undefined && (algorithm !== undefined || isSettled(String(header.alg), party));
  // What is written by hand to try a policy has no times; a token must have exp (RFC 7523 §3).
  const expires = claims.exp !== undefined || header !== undefined;
  return [
    open("signature"),
    known ? judged("algorithm", algorithm) : open("algorithm"),
    expires ? judged("expiry", expired(claims, at)) : open("expiry"),
    judged("notBefore", early(claims, at)),
    ...(party === "pulumi" ? [open("issuer")] : party === "aws" ? [open("provider")] : []),
  ];
}

function open(name: keyof typeof NOT_CHECKED): Check {
  return { name, result: "notChecked", message: NOT_CHECKED[name] };
}

function judged(name: CheckName, refusal: string | undefined): Check {
  return refusal === undefined ? { name, result: "passed" } : { name, result: "failed", message: refusal };
}

function isSettled(algorithm: string, party: RelyingParty): boolean {
  return DOCUMENTED[party] !== undefined || (party === "azure" && algorithm === "RS256");
}

function refusedAlgorithm(algorithm: unknown, party: RelyingParty): string | undefined {
  if (algorithm === undefined) {
    return "the token's header has no alg";
  }
  const name = typeof algorithm === "string" ? algorithm : JSON.stringify(algorithm);
  if (!ASYMMETRIC.test(name)) {
    return `the token's alg is ${name}, which the issuer's private key does not sign with`;
  }
  const documented = DOCUMENTED[party];
  return documented === undefined || documented.test(name)
    ? undefined
    : `the token's alg is ${name}, which is not among those that ${party} takes`;
}

function expired({ exp }: Claims, at: number): string | undefined {
  if (exp === undefined) {
    return "the token has no exp";
  }
  const time = describeTime(exp, at);
  if (time === undefined) {
    return "exp is not a time in seconds since 1970";
  }
  return (exp as number) * 1000 <= at ? `the token expired ${time}` : undefined;
}

function early(claims: Claims, at: number): string | undefined {
  for (const name of ["nbf", "iat"].filter((name) => claims[name] !== undefined)) {
    const time = describeTime(claims[name], at);
    if (time === undefined) {
      return `${name} is not a time in seconds since 1970`;
    }
    if ((claims[name] as number) * 1000 > at) {
      return `the token is not valid yet: ${name} is ${time}`;
    }
  }
  return undefined;
}
