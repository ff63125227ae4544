import { generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { promisify } from "node:util";

/** Signature algorithms a test issuer can sign with. */
export type SigningAlgorithm = "ES256" | "RS256" | "EdDSA";

/** A key pair of an issuer. */
export interface SigningKey {
  kid: string;
  algorithm: SigningAlgorithm;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** Makes a key pair; RS256 takes the longest (2048 bits). */
export async function createSigningKey(algorithm: SigningAlgorithm): Promise<SigningKey> {
  const pair = await generatePair(algorithm);
  return { kid: randomUUID(), algorithm, ...pair };
}

function generatePair(algorithm: SigningAlgorithm): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  switch (algorithm) {
    case "ES256":
      return generate("ec", { namedCurve: "P-256" });
    case "RS256":
      return generate("rsa", { modulusLength: 2048 });
    case "EdDSA":
      return generate("ed25519");
  }
}

/** The public half as a JSON Web Key (RFC 7517). */
export function publicJwk(key: SigningKey): { kty: string; [member: string]: unknown } {
  const jwk = key.publicKey.export({ format: "jwk" });
  return { ...jwk, kty: String(jwk.kty), kid: key.kid, alg: key.algorithm, use: "sig" };
}
