import type { Claims } from "../../../trust/claims";
import type { JsonWebKeySet } from "../../pulumi-cloud/keys";
import type { Client } from "../directory";
import type { AzureSwitches } from "../switches";
import { matchCredential } from "./match-credential";
import { refusals } from "./refusal";

/** Only these are supported (Entra documentation, "Supported signing algorithms and issuers"). */
const ALGORITHMS = ["RS256"];

/** What an assertion is verified with. */
export interface AssertionContext {
  /** An issuer's public keys; rejects when its server can't be reached. */
  keys: (issuer: string) => Promise<JsonWebKeySet>;
  /** Milliseconds since the epoch. */
  now: number;
  switches: AzureSwitches;
}

/** Verifies a client's assertion for real: a credential that accepts it, the signature by one of the issuer's keys, and the times. */
export async function verifyAssertion(assertion: string, client: Client, context: AssertionContext): Promise<void> {
  const { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader } = await import("jose");
  let claims: Claims;
  let keyId: string | undefined;
  try {
    claims = decodeJwt(assertion);
    keyId = decodeProtectedHeader(assertion).kid;
  } catch {
    throw refusals.malformed();
  }
  const { now, switches } = context;
  const { leewaySeconds, propagationSeconds, namesFirst } = switches;
  const youngest = propagationSeconds === 0 ? Number.POSITIVE_INFINITY : now - propagationSeconds * 1000;
  matchCredential(client, claims, { youngest, namesFirst });
  const issuer = String(claims.iss);
  let keys: JsonWebKeySet;
  try {
    keys = await context.keys(issuer);
  } catch {
    throw refusals.issuerUnreachable();
  }
  if (!keys.keys.some(({ kid }) => kid === keyId)) {
    throw refusals.unknownKey(keyId ?? "", issuer);
  }
  try {
    await compactVerify(assertion, createLocalJWKSet(keys), { algorithms: ALGORITHMS });
  } catch {
    throw refusals.signature();
  }
  const seconds = Math.floor(now / 1000);
  const { exp, iat, nbf = iat } = claims as Record<string, number | undefined>;
  if (!(Number(exp) > seconds - leewaySeconds && (nbf ?? seconds) <= seconds + leewaySeconds)) {
    throw refusals.times(seconds, nbf ?? 0, exp ?? 0);
  }
}
