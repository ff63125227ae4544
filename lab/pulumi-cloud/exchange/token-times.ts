import type { Claims } from "../../../trust/claims";
import { ExchangeRefusal } from "../errors";
import type { Switches } from "../switches";

/**
 * Holds a token's times against the clock: `exp` is required, `nbf` and `iat` count when present (RFC 7519 §4.1).
 *
 * @param nowMs milliseconds since the epoch.
 */
export function checkTimes(claims: Claims, nowMs: number, switches: Switches): void {
  const now = Math.floor(nowMs / 1000);
  const { leewaySeconds } = switches;
  const expires = seconds(claims, "exp");
  if (expires === undefined) {
    throw new ExchangeRefusal("invalid_grant", "CLAIM_MISSING", "exp");
  }
  if (expires <= now - leewaySeconds) {
    throw new ExchangeRefusal("invalid_grant", "TOKEN_EXPIRED", `${now - expires} s ago`);
  }
  for (const name of ["nbf", "iat"]) {
    const starts = seconds(claims, name);
    if (starts !== undefined && starts > now + leewaySeconds) {
      throw new ExchangeRefusal("invalid_grant", "TOKEN_NOT_YET_VALID", `${name} is ${starts - now} s ahead`);
    }
  }
  const missing = switches.requiredClaims.find((name) => claims[name] === undefined);
  if (missing !== undefined) {
    throw new ExchangeRefusal("invalid_grant", "CLAIM_MISSING", missing);
  }
}

function seconds(claims: Claims, name: string): number | undefined {
  const value = claims[name];
  if (value !== undefined && (typeof value !== "number" || !Number.isFinite(value))) {
    throw new ExchangeRefusal("invalid_grant", "CLAIM_MALFORMED", name);
  }
  return value;
}
