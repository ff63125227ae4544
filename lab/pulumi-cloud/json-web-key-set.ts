import { createPublicKey } from "node:crypto";
import { z } from "zod";
import { ApiError } from "./errors";

/** A JSON Web Key Set (RFC 7517 §5) of public keys. */
export interface JsonWebKeySet {
  keys: { kty: string; [member: string]: unknown }[];
}

const SHAPE = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * Accepts a key set in RFC 7517 form; `{"keys":[]}` is one. Refused with 400 are unknown key types, keys that cannot be
 * read, and secrets: a symmetric key or the private half, which must not be uploaded (the lab's convention: what the
 * service does with them is not known).
 */
export function parseJsonWebKeySet(value: unknown): JsonWebKeySet {
  const parsed = SHAPE.safeParse(value);
  if (!parsed.success) {
    throw new ApiError(400, "jwks is not a JSON Web Key Set");
  }
  for (const [index, key] of parsed.data.keys.entries()) {
    if (!["RSA", "EC", "OKP"].includes(key.kty) || key.d !== undefined || !readable(key)) {
      throw new ApiError(400, `jwks.keys[${index}] is not a public key`);
    }
  }
  return value as JsonWebKeySet;
}

function readable(key: { kty: string; [member: string]: unknown }): boolean {
  try {
    createPublicKey({ key: key as never, format: "jwk" });
    return true;
  } catch {
    return false;
  }
}
