import { shown } from "../../trust/claims";
import { algorithms, isSameKey, jose, type Keys, KeysUnavailable, keyFor, type ReadKeys } from "./keys";
import type { ReadToken } from "./read-token";
import { type Refused, refuse } from "./verdict";

/** The keys by which a signature is good, or why it is not. Which algorithm counts is the key's to say, not the token's. */
export async function checkSignature(token: string, read: ReadToken, keys: Keys): Promise<ReadKeys | Refused> {
  try {
    const current = await keys.current();
    const isThere = keyFor(current.set, read) !== "KEY_UNKNOWN";
    const used = isThere ? current : await keys.again();
    const refused = keyRefusal(used, read) ?? (await signatureRefusal(token, used));
    if (refused !== undefined) {
      return refused;
    }
    // The keys may have been read again in the meantime, and a retired one is good for nothing.
    const now = await keys.current();
    return used === now || isSameKey(used.set, now.set, read.kid)
      ? now
      : refuse("KEY_UNKNOWN", "the key was retired just now");
  } catch (error) {
    if (error instanceof KeysUnavailable) {
      return refuse("KEYS_UNAVAILABLE", error.message);
    }
    throw error;
  }
}

/** Whether the key that verified a token is among those that were read last. */
export function isStillThere(used: ReadKeys, keys: Keys, kid: string | undefined): boolean {
  const latest = keys.latest() as ReadKeys;
  return latest === used || isSameKey(used.set, latest.set, kid);
}

function keyRefusal({ set }: ReadKeys, read: ReadToken): Refused | undefined {
  const key = keyFor(set, read);
  if (key === "KEY_UNKNOWN") {
    const what = read.kid === undefined ? "the token has no kid, and not exactly one key fits" : shown(read.kid);
    return refuse("KEY_UNKNOWN", `the issuer's key set has no key for the token: ${what}`);
  }
  return key === "ALGORITHM_REFUSED"
    ? refuse("ALGORITHM_REFUSED", `the token's alg is ${read.algorithm}, which is not the key's`)
    : undefined;
}

async function signatureRefusal(token: string, { getKey }: ReadKeys): Promise<Refused | undefined> {
  const { compactVerify, errors } = await jose();
  try {
    await compactVerify(token, getKey, { algorithms: [...algorithms] });
    return undefined;
  } catch (error) {
    return refuse(
      "SIGNATURE_INVALID",
      error instanceof errors.JWSSignatureVerificationFailed
        ? "the issuer's key did not sign these bytes"
        : `the key can't verify the token: ${(error as Error).message}`,
    );
  }
}
