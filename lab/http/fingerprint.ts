import { createHash, timingSafeEqual } from "node:crypto";

/** SHA-256 of a text's UTF-8 bytes, lower-case hex. */
export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The first 16 hex digits of a secret's SHA-256: tells secrets apart in logs and journals without holding them. */
export function fingerprint(secret: string): string {
  return sha256Hex(secret).slice(0, 16);
}

/** Whether two secrets are equal, in a time that depends on neither's content nor length. */
export function equalSecrets(one: string, other: string): boolean {
  return timingSafeEqual(createHash("sha256").update(one).digest(), createHash("sha256").update(other).digest());
}
