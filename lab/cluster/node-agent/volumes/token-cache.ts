import type { ObjectSource } from "../object-source";
import type { Pod, TokenSource } from "../pod";

/** Time, replaceable in tests. */
export interface TokenClock {
  /** Milliseconds. */
  now(): number;
  /** 0 to 1. */
  random(): number;
}

const MAXIMUM_AGE_SECONDS = 24 * 3600;
const MAXIMUM_JITTER_SECONDS = 10;
/** A token is renewed when this share of its life has passed. */
const USED_SHARE = 0.8;

interface CachedToken {
  token: string;
  /** When to renew, in the clock's milliseconds. */
  renewAt: number;
  /** After this the token is of no use. */
  expiresAt: number;
}

/**
 * A pod's tokens, each renewed by the kubelet's rule: when 80 % of its life has passed or it is 24 h old, up to 10 s
 * earlier at random. A failed renewal keeps the old token while it lasts.
 */
export class TokenCache {
  readonly #tokens = new Map<string, CachedToken>();
  readonly #objects: ObjectSource;
  readonly #speed: number;
  readonly #clock: TokenClock;

  /**
   * @param objects where tokens come from
   * @param speed how many times faster than real life tokens are renewed; they still live as long as they say
   */
  constructor(objects: ObjectSource, speed = 1, clock: TokenClock = { now: Date.now, random: Math.random }) {
    this.#objects = objects;
    this.#speed = speed;
    this.#clock = clock;
  }

  /** A token that needs no renewal now. */
  async get(pod: Pod, source: TokenSource): Promise<string> {
    const key = JSON.stringify([source.audience, source.expirationSeconds]);
    const cached = this.#tokens.get(key);
    if (cached !== undefined && this.#clock.now() < cached.renewAt) {
      return cached.token;
    }
    const asked = this.#clock.now();
    try {
      const { token, lifetimeSeconds } = await this.#objects.token(pod, source);
      const jitter = this.#clock.random() * Math.min(MAXIMUM_JITTER_SECONDS, lifetimeSeconds * (1 - USED_SHARE));
      const useSeconds = Math.min(lifetimeSeconds * USED_SHARE, MAXIMUM_AGE_SECONDS) - jitter;
      const renewAt = asked + (useSeconds * 1000) / this.#speed;
      this.#tokens.set(key, { token, renewAt, expiresAt: asked + lifetimeSeconds * 1000 });
      return token;
    } catch (error) {
      if (cached !== undefined && this.#clock.now() < cached.expiresAt) {
        return cached.token;
      }
      throw error;
    }
  }

  /** Milliseconds until the first token is due, 0 when one is overdue; undefined without tokens. */
  dueIn(): number | undefined {
    const times = [...this.#tokens.values()].map(({ renewAt }) => renewAt);
    return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - this.#clock.now());
  }
}
