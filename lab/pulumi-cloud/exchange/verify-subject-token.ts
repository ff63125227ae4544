import type { Claims } from "../../../trust/claims";
import type { CloudContext } from "../context";
import { ExchangeRefusal } from "../errors";
import type { JsonWebKeySet } from "../json-web-key-set";
import type { Issuer, Organization } from "../organization";
import { checkTimes } from "./token-times";

/** Asymmetric signatures only: with `none` or an HMAC anybody who knows the public key could sign. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** A subject token that was verified, and the issuer that vouches for it. */
export interface VerifiedToken {
  issuer: Issuer;
  claims: Claims;
}

/** Reads the claims of a token without believing them. */
export async function decodeSubjectToken(token: string): Promise<{ claims: Claims; algorithm: unknown }> {
  const { decodeJwt, decodeProtectedHeader } = await import("jose");
  try {
    return { claims: decodeJwt(token), algorithm: decodeProtectedHeader(token).alg };
  } catch {
    throw new ExchangeRefusal("invalid_request", "TOKEN_MALFORMED");
  }
}

/**
 * Verifies a subject token in the documented order: a registered issuer, the times, the issuer's keys over verified TLS,
 * the signature. Policies are the caller's.
 */
export async function verifySubjectToken(
  context: CloudContext,
  organization: Organization,
  token: string,
): Promise<VerifiedToken> {
  const { claims, algorithm } = await decodeSubjectToken(token);
  const issuer = [...organization.issuers.values()].find((candidate) => candidate.issuer === claims.iss);
  if (issuer === undefined) {
    throw new ExchangeRefusal("invalid_grant", "ISSUER_UNKNOWN");
  }
  checkTimes(claims, context.clock(), context.switches);
  if (typeof algorithm !== "string" || !ALGORITHMS.includes(algorithm)) {
    throw new ExchangeRefusal("invalid_grant", "ALGORITHM_REFUSED");
  }
  const keys = await orUnavailable(context.keys.keys(issuer));
  if (!(await isSigned(token, keys))) {
    const newer = await orUnavailable(context.keys.refreshed(issuer, keys));
    if (newer === undefined || !(await isSigned(token, newer))) {
      throw new ExchangeRefusal("invalid_grant", "KEY_UNKNOWN");
    }
  }
  return { issuer, claims };
}

/** True when a key of the set signed the token, false when the set has no key for it; throws for a wrong signature. */
async function isSigned(token: string, keys: JsonWebKeySet): Promise<boolean> {
  const { createLocalJWKSet, compactVerify, errors } = await import("jose");
  const options = { algorithms: ALGORITHMS };
  try {
    await compactVerify(token, createLocalJWKSet(keys), options);
    return true;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) {
      return false;
    }
    // A token without `kid` may be signed by any key of its type.
    if (error instanceof errors.JWKSMultipleMatchingKeys) {
      for await (const key of error) {
        const verified = compactVerify(token, key, options);
        if (
          await verified.then(
            () => true,
            () => false,
          )
        ) {
          return true;
        }
      }
    }
    throw new ExchangeRefusal("invalid_grant", "SIGNATURE_INVALID");
  }
}

async function orUnavailable<T>(keys: Promise<T>): Promise<T> {
  try {
    return await keys;
  } catch (error) {
    throw new ExchangeRefusal("server_error", "KEYS_UNAVAILABLE", (error as Error).message);
  }
}
