import { type Claims, claimValues } from "../../../trust/claims";
import type { JsonWebKeySet } from "../../pulumi-cloud/keys";
import { refusals } from "./refusal";

/** Asymmetric signatures that Google names for OpenID Connect providers (IAM documentation, "Prepare your provider"). */
const ALGORITHMS = ["RS256", "ES256"];

/** What a subject token must be. */
export interface ExpectedToken {
  issuer: string;
  /** One of them is enough. */
  audiences: readonly string[];
  /** The issuer's public keys; rejects when its server can't be reached. */
  keys: () => Promise<JsonWebKeySet>;
  /** Milliseconds since the epoch. */
  now: number;
  leewaySeconds: number;
}

/** Verifies a subject token for real: issuer, audience, times, and the signature by one of the issuer's keys. */
export async function verifyToken(token: string, expected: ExpectedToken): Promise<Claims> {
  const { compactVerify, createLocalJWKSet, decodeJwt } = await import("jose");
  let claims: Claims;
  try {
    claims = decodeJwt(token);
  } catch {
    throw refusals.notAToken();
  }
  if (claims.iss !== expected.issuer) {
    throw refusals.otherIssuer(String(claims.iss), expected.issuer);
  }
  const audiences = claimValues(claims, ["aud"]);
  if (!audiences.some((audience) => expected.audiences.includes(audience))) {
    throw refusals.otherAudience(audiences, expected.audiences);
  }
  checkTimes(claims, expected);
  let keys: JsonWebKeySet;
  try {
    keys = await expected.keys();
  } catch {
    throw refusals.issuerUnreachable();
  }
  try {
    await compactVerify(token, createLocalJWKSet(keys), { algorithms: ALGORITHMS });
  } catch {
    throw refusals.signature();
  }
  return claims;
}

function checkTimes(claims: Claims, { now, leewaySeconds }: ExpectedToken): void {
  const seconds = Math.floor(now / 1000);
  const { exp, iat, nbf } = claims;
  if (typeof exp !== "number" || exp <= seconds - leewaySeconds) {
    throw refusals.expired(seconds - Number(exp ?? 0));
  }
  // Google wants iat; nbf counts when it is there.
  if (typeof iat !== "number" || iat > seconds + leewaySeconds) {
    throw refusals.notYetValid("iat");
  }
  if (nbf !== undefined && !(typeof nbf === "number" && nbf <= seconds + leewaySeconds)) {
    throw refusals.notYetValid("nbf");
  }
}
