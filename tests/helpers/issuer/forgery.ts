import { createHmac } from "node:crypto";
import type { SigningKey } from "./signing-key";

type Claims = Readonly<Record<string, unknown>>;

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** A token with `alg: none` and no signature (RFC 7519 §6.1). Nobody may accept it. */
export function unsignedToken(claims: Claims): string {
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`;
}

/** A token "signed" by HMAC with the issuer's public key as the secret: accepted by who trusts the header's `alg`. */
export function hmacToken(claims: Claims, key: SigningKey): string {
  const input = `${part({ alg: "HS256", typ: "JWT", kid: key.kid })}.${part(claims)}`;
  const secret = key.publicKey.export({ format: "pem", type: "spki" });
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

/** The same token with other claims under the old signature. */
export function tamperedToken(token: string, changes: Claims): string {
  const [header, payload, signature] = token.split(".") as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Claims;
  return `${header}.${part({ ...claims, ...changes })}.${signature}`;
}
