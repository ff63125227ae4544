import { OidcRunnerError } from "../../errors";

/** A JSON Web Key Set (RFC 7517 §5). */
export interface KeySet {
  keys: Record<string, unknown>[];
}

/** Members that make up each kind of public key (RFC 7518 §6, RFC 8037 §2). */
const PUBLIC_MEMBERS: Record<string, string[]> = { RSA: ["n", "e"], EC: ["crv", "x", "y"], OKP: ["crv", "x"] };

/** Members that only the owner of a key may know (RFC 7518 §6.2.2, §6.3.2, §6.4). */
export const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** Members that a change of counts for: a service may drop the others when it stores a key. */
const COMPARED = ["kty", "kid", "use", "alg", "crv", "n", "e", "x", "y"];

/**
 * Refuses anything but a set of public signing keys that tokens can be matched to by `kid`. Values are never quoted: they may
 * be secret.
 *
 * @throws OidcRunnerError `JWKS_INVALID`, `JWKS_PRIVATE`
 */
export function checkKeySet(jwks: KeySet, where = "jwks"): void {
  const keys: unknown = jwks?.keys;
  if (!Array.isArray(keys) || keys.length === 0) {
    throw invalid("it holds no keys", `${where}.keys`);
  }
  const seen = new Set<unknown>();
  for (const [index, key] of (keys as (Record<string, unknown> | null)[]).entries()) {
    const at = `${where}.keys[${index}]`;
    if (typeof key !== "object" || key === null) {
      throw invalid("a key is an object", at);
    }
    const secret = PRIVATE_MEMBERS.filter((member) => key[member] !== undefined);
    if (secret.length > 0 || key.kty === "oct") {
      throw new OidcRunnerError("JWKS_PRIVATE", `the key holds secret parts: ${secret.join(", ") || "kty oct"}`, {
        where: at,
        fix: "give the public half alone, and replace this key: it was about to be uploaded and may be in state",
      });
    }
    const members = typeof key.kty === "string" && Object.hasOwn(PUBLIC_MEMBERS, key.kty) && PUBLIC_MEMBERS[key.kty];
    if (!members) {
      throw invalid(`its kty is none of ${Object.keys(PUBLIC_MEMBERS).join(", ")}`, at);
    }
    const missing = members.filter((member) => typeof key[member] !== "string" || key[member] === "");
    if (missing.length > 0) {
      throw invalid(`it lacks ${missing.join(", ")}`, at);
    }
    if (key.kid === undefined ? keys.length > 1 : typeof key.kid !== "string" || key.kid === "") {
      throw invalid("it has no kid, by which a token names its key", at);
    }
    if (seen.has(key.kid)) {
      throw invalid("another key has the same kid", at);
    }
    seen.add(key.kid);
  }
}

/** Whether two sets hold the same keys, in any order and whatever else is said of them. */
export function sameKeySet(one: KeySet | undefined, other: KeySet | undefined): boolean {
  return one === undefined || other === undefined ? one === other : formOf(one) === formOf(other);
}

function formOf({ keys }: KeySet): string {
  return keys
    .map((key) => JSON.stringify(COMPARED.map((member) => key[member] ?? null)))
    .sort()
    .join("\n");
}

function invalid(reason: string, where: string): OidcRunnerError {
  return new OidcRunnerError("JWKS_INVALID", `this is not a key of a usable JSON Web Key Set: ${reason}`, {
    where,
    fix: "give the issuer's key set as its jwks_uri serves it (a cluster's: kubectl get --raw /openid/v1/jwks)",
  });
}
