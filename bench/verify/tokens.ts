import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export const ISSUER = "https://issuer.example.com";
export const AUDIENCE = "https://orders.example.com";

export type Algorithm = "RS256" | "ES256";

/** An issuer's key, and tokens by it. */
export interface Signer {
  algorithm: Algorithm;
  publicKey: KeyObject;
  jwks: { keys: { kty: string; [member: string]: unknown }[] };
  /** As many different tokens of a pod, in the size that Kubernetes' tokens have. */
  tokens(count: number): string[];
}

export function createSigner(algorithm: Algorithm): Signer {
  const { privateKey, publicKey } =
    algorithm === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const key = { key: privateKey, dsaEncoding: "ieee-p1363" as const };
  const header = part({ alg: algorithm, kid: "one" });
  const now = Math.floor(Date.now() / 1000);
  return {
    algorithm,
    publicKey,
    jwks: { keys: [{ ...jwk, kty: String(jwk.kty), kid: "one", alg: algorithm, use: "sig" }] },
    tokens: (count) =>
      Array.from({ length: count }, (_, index) => {
        const input = `${header}.${part(claims(now, index))}`;
        return `${input}.${sign("sha256", Buffer.from(input), key).toString("base64url")}`;
      }),
  };
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const uuid = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;

function claims(now: number, index: number) {
  return {
    aud: [AUDIENCE],
    exp: now + 86_400,
    iat: now,
    iss: ISSUER,
    jti: uuid(index),
    "kubernetes.io": {
      namespace: "shop",
      node: { name: "ip-10-0-0-1.eu-west-1.compute.internal", uid: uuid(1) },
      pod: { name: "checkout-7d9f8b6c5-x2x4z", uid: uuid(index) },
      serviceaccount: { name: "checkout", uid: uuid(2) },
    },
    nbf: now,
    sub: "system:serviceaccount:shop:checkout",
  };
}
