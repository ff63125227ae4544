/** A public key of an issuer (RFC 7517), with the members that are used. */
export interface PublicJwk {
  kty: string;
  kid?: string;
  alg?: string;
  use?: string;
  key_ops?: string[];
  n?: string;
  e?: string;
  crv?: string;
  x?: string;
  y?: string;
}

const RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
/** By key type, and by curve where it has one: what a key of that type verifies (RFC 7518 §3.1, RFC 8037, RFC 9864). */
const BY_TYPE: Record<string, readonly string[]> = {
  RSA,
  "EC P-256": ["ES256"],
  "EC P-384": ["ES384"],
  "EC P-521": ["ES512"],
  "OKP Ed25519": ["EdDSA", "Ed25519"],
};

/** All algorithms that are accepted. None is symmetric: who knows a public key could else sign with it. */
export const algorithms: readonly string[] = Object.values(BY_TYPE).flat();

/** The algorithms of a key; none for a key that is not for signatures, or of another type. */
export function algorithmsOf({ kty, crv, alg, use, key_ops }: PublicJwk): readonly string[] {
  const ofType = BY_TYPE[crv === undefined ? kty : `${kty} ${crv}`] ?? [];
  const isForSignatures = (use ?? "sig") === "sig" && (key_ops ?? ["verify"]).includes("verify");
  return isForSignatures ? ofType.filter((algorithm) => alg === undefined || alg === algorithm) : [];
}
