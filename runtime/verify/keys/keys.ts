import type { jose } from "./jose";
import type { KeySet } from "./key-set";

/** Finds the key for a token's header; jose's own function, which imports each key once. */
export type GetKey = ReturnType<Jose["createLocalJWKSet"] | Jose["createRemoteJWKSet"]>;
type Jose = Awaited<ReturnType<typeof jose>>;

/** Keys as they were read. A newer set is another object. */
export interface ReadKeys {
  readonly set: KeySet;
  readonly getKey: GetKey;
  /** Milliseconds since the epoch; never for keys that were given. */
  readonly expiresAt: number;
}

/** The keys of one issuer. */
export interface Keys {
  /** The keys, read if there are none or they have expired. @throws KeysUnavailable */
  current(): Promise<ReadKeys>;
  /** The keys after they were read again because of a `kid` they lack, if it is time for that. @throws KeysUnavailable */
  again(): Promise<ReadKeys>;
  /** The keys that were read last, or given. */
  latest(): ReadKeys | undefined;
  /** Milliseconds since the keys were read; undefined for keys that were given, and before the first reading. */
  age(): number | undefined;
}

/** The issuer's keys can't be read, and none that are good are at hand. Its message is one line. */
export class KeysUnavailable extends Error {}
