import { hash } from "node:crypto";
import type { Accepted } from "./verdict";

/** Most tokens that are remembered. Each takes about 3 kB. */
export const MOST_TOKENS = 10_000;
/** Longest time that a token is remembered, in milliseconds. */
export const LONGEST_MEMORY_MS = 300_000;

interface Entry {
  accepted: Accepted;
  kid: string | undefined;
  /** Milliseconds since the epoch. */
  until: number;
}

/**
 * Tokens that were verified, by the SHA-256 of the verifier's options and the whole token, signature included. The token
 * itself is not kept. When it is full, the oldest entry goes.
 */
export class VerifiedTokens {
  readonly #options: string;
  readonly #entries = new Map<string, Entry>();

  /** `options`: what the verdict depends on besides the token. */
  constructor(options: string) {
    this.#options = hash("sha256", options, "base64url");
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What {@link get} and {@link add} know a token by. */
  keyOf(token: string): string {
    return hash("sha256", this.#options + token, "base64url");
  }

  /** The verdict on a token, for as long as it holds. */
  get(key: string, now: number): Accepted | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || now < entry.until) {
      return entry?.accepted;
    }
    this.#entries.delete(key);
    return undefined;
  }

  add(key: string, entry: Entry): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= MOST_TOKENS && oldest !== undefined) {
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, entry);
  }

  /** Forgets the tokens of an issuer whose keys are not the same any more; those without `kid` may be of any key. */
  drop(issuer: string, isSame: (kid: string | undefined) => boolean): void {
    for (const [key, { accepted, kid }] of this.#entries) {
      if (accepted.identity.issuer === issuer && !isSame(kid)) {
        this.#entries.delete(key);
      }
    }
  }
}
