import { type Clock, type Fetch, failureText } from "../../http";
import { jose } from "./jose";
import type { KeySet } from "./key-set";
import { type GetKey, type Keys, KeysUnavailable, type ReadKeys } from "./keys";
import { type KeyLocation, readKeySet } from "./read-key-set";

/** Time between two readings because of an unknown `kid`, in milliseconds: forged tokens cause no more. */
export const COOLDOWN_MS = 30_000;
/** Time after a failed reading before the next one, in milliseconds. */
export const RETRY_MS = 5_000;

export interface RemoteOptions {
  location: KeyLocation;
  fetch: Fetch;
  clock: Clock;
  /** How long keys are good, in milliseconds. After half of it they are read again while they still serve. */
  maxAgeMs: number;
  /** Time for discovery and key set together, in milliseconds. */
  timeoutMs: number;
  /** Told when keys were read that are not the same as before. */
  changed(before: ReadKeys, after: ReadKeys): void;
  /** Told when a reading failed while older keys serve. */
  failed(message: string): void;
}

/** Keys that are read from the issuer: jose's key set, with our clock in place of the machine's. */
export class RemoteKeys implements Keys {
  readonly #options: RemoteOptions;
  #remote: Promise<{ getKey: GetKey; reload(): Promise<void> }> | undefined;
  #latest: KeySet | undefined;
  #read: ReadKeys | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #unknownAt = Number.NEGATIVE_INFINITY;
  #failure: KeysUnavailable | undefined;
  #reading: Promise<ReadKeys> | undefined;

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  async current(): Promise<ReadKeys> {
    const { clock, maxAgeMs, failed } = this.#options;
    const now = clock();
    const justFailed = this.#failure !== undefined && now < this.#triedAt + RETRY_MS;
    if (this.#read === undefined || now >= this.#read.expiresAt) {
      if (this.#failure !== undefined && justFailed && this.#reading === undefined) {
        throw this.#failure;
      }
      return this.#again();
    }
    if (now >= this.#readAt + maxAgeMs / 2 && !justFailed) {
      this.#again().catch((error: Error) => failed(error.message));
    }
    return this.#read;
  }

  async again(): Promise<ReadKeys> {
    const now = this.#options.clock();
    if (this.#reading === undefined) {
      if (this.#failure !== undefined && now < this.#triedAt + RETRY_MS) {
        throw this.#failure;
      }
      if (this.#failure === undefined && now < this.#unknownAt + COOLDOWN_MS) {
        return this.current();
      }
    }
    this.#unknownAt = now;
    return this.#again();
  }

  latest(): ReadKeys | undefined {
    return this.#read;
  }

  age(): number | undefined {
    return this.#read === undefined ? undefined : this.#options.clock() - this.#readAt;
  }

  /** One reading at a time. */
  #again(): Promise<ReadKeys> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNow(): Promise<ReadKeys> {
    const { clock, maxAgeMs, location, changed } = this.#options;
    // Of the time before it, because keys may change while they are read.
    const now = clock();
    this.#triedAt = now;
    this.#remote ??= this.#createRemote();
    const { getKey, reload } = await this.#remote;
    try {
      await reload();
    } catch (error) {
      this.#failure = new KeysUnavailable(`the keys of ${location.issuer} can't be read: ${failureText(error)}`);
      throw this.#failure;
    }
    this.#failure = undefined;
    const before = this.#read;
    const read: ReadKeys = { set: this.#latest as KeySet, getKey, expiresAt: now + maxAgeMs };
    this.#read = read;
    this.#readAt = now;
    if (before !== undefined) {
      changed(before, read);
    }
    return read;
  }

  async #createRemote() {
    const { createRemoteJWKSet, customFetch } = await jose();
    const { location, fetch, timeoutMs } = this.#options;
    const getKey = createRemoteJWKSet(new URL(location.jwksUri ?? location.discoveryUrl), {
      // It is told when to read, by our clock.
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: Number.POSITIVE_INFINITY,
      timeoutDuration: timeoutMs,
      [customFetch]: async (_url: string, { signal }: { signal: AbortSignal }) => {
        this.#latest = await readKeySet(location, fetch, signal);
        return Response.json(this.#latest);
      },
    });
    return { getKey, reload: () => getKey.reload() };
  }
}
