import type { Claims } from "../../../trust/claims";

/** The tokens exchanged so far, by issuer and `jti`. A token without `jti` is never known again. */
export class ReplayMemory {
  readonly #seen = new Set<string>();

  /** Whether a token was here before; remembers it. */
  seenBefore(claims: Claims): boolean {
    if (typeof claims.jti !== "string") {
      return false;
    }
    const key = JSON.stringify([claims.iss, claims.jti]);
    const seen = this.#seen.has(key);
    this.#seen.add(key);
    return seen;
  }
}
