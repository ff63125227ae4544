import { randomUUID } from "node:crypto";

/** Issuer id to the claim of the resource that took it last, in this process. */
const claims = new Map<string, string>();

/**
 * Notes that a resource of this process registered or took over an issuer. An engine creates before it deletes: when a
 * resource is renamed without alias, moved or replaced, its old self is deleted after the new one took the same issuer, and
 * must leave it alone.
 *
 * @returns what tells this claim from every other one, to be kept in state
 */
export function claimIssuer(issuerId: string): string {
  const claim = randomUUID();
  claims.set(issuerId, claim);
  return claim;
}

/** Whether another resource of this process took the issuer after the one that holds this claim. */
export function isClaimedByAnother(issuerId: string, claim: string | undefined): boolean {
  const latest = claims.get(issuerId);
  return latest !== undefined && latest !== claim;
}
