import { shown } from "../../trust/claims";
import { findKey, isSameKey, isSignedBy, type Keys, KeysUnavailable, type ReadKeys } from "./keys";
import type { ReadToken } from "./read-token";
import { type Refused, refuse } from "./verdict";

/** The keys by which a signature is good, or why it is not. Which algorithm counts is the key's to say, not the token's. */
export async function checkSignature(token: string, read: ReadToken, keys: Keys): Promise<ReadKeys | Refused> {
  try {
    let used = await keys.current();
    let found = findKey(used.set, read);
    if (found === "KEY_UNKNOWN") {
      used = await keys.again();
      found = findKey(used.set, read);
    }
    const refused = found === "there" ? await signatureRefusal(token, read, used) : keyRefusal(found, read);
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

function keyRefusal(code: "KEY_UNKNOWN" | "ALGORITHM_REFUSED", { kid, algorithm }: ReadToken): Refused {
  if (code === "ALGORITHM_REFUSED") {
    return refuse(code, `the token's alg is ${algorithm}, which is not the key's`);
  }
  const what = kid === undefined ? "the token has no kid, and not exactly one key fits" : shown(kid);
  return refuse(code, `the issuer's key set has no key for the token: ${what}`);
}

async function signatureRefusal(
  token: string,
  { algorithm: alg, kid, signature }: ReadToken,
  { getKey }: ReadKeys,
): Promise<Refused | undefined> {
  try {
    const key = await getKey({ alg, kid });
    const signed = Buffer.from(token.slice(0, token.lastIndexOf(".")), "latin1");
    return isSignedBy(key, alg, signed, signature)
      ? undefined
      : refuse("SIGNATURE_INVALID", "the issuer's key did not sign these bytes");
  } catch (error) {
    // A point that is not on the curve, for instance.
    return refuse("SIGNATURE_INVALID", `the issuer's key can't verify anything: ${(error as Error).message}`);
  }
}
