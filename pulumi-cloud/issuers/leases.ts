import { randomUUID } from "node:crypto";

/** Issuer id to the lease of the resource that took it last, in this process. */
const leases = new Map<string, string>();

/**
 * Notes that a resource of this process registered or took over an issuer. An engine creates before it deletes: when a
 * resource is renamed without alias, moved or replaced, its old self is deleted after the new one took the same issuer, and
 * must leave it alone.
 *
 * @returns the lease: a text that differs each time, to be kept in state
 */
export function leaseIssuer(issuerId: string): string {
  const lease = randomUUID();
  leases.set(issuerId, lease);
  return lease;
}

/** Whether another resource of this process took the issuer after the one with this lease. */
export function isLeasedByAnother(issuerId: string, lease: string | undefined): boolean {
  const latest = leases.get(issuerId);
  return latest !== undefined && latest !== lease;
}
