import { jose } from "./jose";
import type { KeySet } from "./key-set";
import type { Keys, ReadKeys } from "./keys";

/** Keys that were given, which are never read again. */
export function givenKeys(set: KeySet): Keys {
  let read: ReadKeys | undefined;
  const current = async (): Promise<ReadKeys> => {
    const { createLocalJWKSet } = await jose();
    read ??= { set, getKey: createLocalJWKSet(set), expiresAt: Number.POSITIVE_INFINITY };
    return read;
  };
  return { current, again: current, latest: () => read, age: () => undefined };
}
