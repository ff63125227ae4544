import { createHmac, sign } from "node:crypto";
import type { SigningKey } from "../../helpers/issuer";

/** Signs by `node:crypto`, so that what verifies is not what signed. */
const DIGESTS: Record<string, string | null> = { RS256: "sha256", ES256: "sha256", EdDSA: null };

/** 2026-11-29, in milliseconds. */
export const NOW = 1_795_910_400_000;
export const ISSUER = "https://issuer.example.com";
export const AUDIENCE = "https://orders.example.com";

/** A part of a token, of an object or of bytes as they are. */
export function part(value: object | string): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** The claims of a pod of ServiceAccount `checkout` in namespace `shop`. */
export function podClaims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iss: ISSUER,
    aud: [AUDIENCE],
    sub: "system:serviceaccount:shop:checkout",
    iat: NOW / 1000 - 60,
    nbf: NOW / 1000 - 60,
    exp: NOW / 1000 + 540,
    "kubernetes.io": {
      namespace: "shop",
      serviceaccount: { name: "checkout", uid: "5d5c9d2a-0c5f-4b52-9d8c-6f1c4a6a0d11" },
      pod: { name: "checkout-7d9f", uid: "7a1b0a4e-62f3-4f6c-8a53-0a5f0c1e2d3b" },
    },
    ...changes,
  };
}

/** Signs any header and payload. */
export function signed(key: SigningKey, claims: object | string, header: object | string = {}): string {
  const full = typeof header === "string" ? header : { alg: key.algorithm, kid: key.kid, ...header };
  const input = `${part(full)}.${part(claims)}`;
  return `${input}.${signature(key, input)}`;
}

export function signature(key: SigningKey, input: string): string {
  const options = { key: key.privateKey, dsaEncoding: "ieee-p1363" as const };
  return sign(DIGESTS[key.algorithm] ?? null, Buffer.from(input), options).toString("base64url");
}

export function hmac(input: string, secret: string | Buffer): string {
  return createHmac("sha256", secret).update(input).digest("base64url");
}
