import { constants, KeyObject, verify, type webcrypto } from "node:crypto";

/** Shortest RSA key, in bits (RFC 7518 §3.3). */
const SHORTEST_RSA = 2048;

/** jose's keys as `node:crypto` takes them, made once for each. */
const keyObjects = new WeakMap<webcrypto.CryptoKey, KeyObject>();

/**
 * Whether a key signed bytes, by `node:crypto`: its call returns at once, where WebCrypto, which jose verifies by, hands each signature
 * to another thread and back, which takes longer than the signature.
 *
 * @param algorithm one of the key's own
 */
export function isSignedBy(key: webcrypto.CryptoKey, algorithm: string, bytes: Buffer, signature: Buffer): boolean {
  const known = keyObjects.get(key);
  const object = known ?? KeyObject.from(key);
  if (known === undefined) {
    keyObjects.set(key, object);
  }
  const { modulusLength = SHORTEST_RSA } = object.asymmetricKeyDetails ?? {};
  return modulusLength >= SHORTEST_RSA && verify(digestOf(algorithm), bytes, parameters(object, algorithm), signature);
}

/** EdDSA has a digest of its own. */
function digestOf(algorithm: string): string | null {
  return algorithm.startsWith("Ed") ? null : `sha${algorithm.slice(2)}`;
}

/** RFC 7518 §3.3 to 3.5: PKCS #1 v1.5; a signature of two numbers of the curve's length; PSS with a salt of the digest's length. */
function parameters(key: KeyObject, algorithm: string): Parameters<typeof verify>[2] {
  switch (algorithm.slice(0, 2)) {
    case "RS":
      return { key, padding: constants.RSA_PKCS1_PADDING };
    case "PS":
      return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    case "ES":
      return { key, dsaEncoding: "ieee-p1363" };
    default:
      return key;
  }
}
