import { createHash, randomBytes } from "node:crypto";

/**
 * `PREFIX-xxxxxxxx`: a name with `digits` random hexadecimal digits (8 by default).
 *
 * The seed is the engine's: the same seed and prefix give the same name, so that an update plan keeps its names. Without
 * a seed the digits are random. `maxLength` shortens the prefix.
 */
export function randomName(prefix: string, seed: Uint8Array, digits = 8, maxLength = 253): string {
  const source = seed.length > 0 ? createHash("sha256").update(seed).update(prefix).digest() : randomBytes(32);
  return `${prefix.slice(0, maxLength - digits - 1)}-${source.toString("hex").slice(0, digits)}`;
}
