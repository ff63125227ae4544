import { OidcRunnerError } from "../../../trust";
import { PRIVATE_MEMBERS } from "../../../trust/issuers";
import { algorithmsOf, type PublicJwk } from "./algorithms";

/** Most keys of a set. Issuers have 1 to 10. */
const MOST_KEYS = 100;
const TEXTS = ["kty", "kid", "alg", "use", "n", "e", "crv", "x", "y"] as const;

/** An issuer's public keys that verify signatures. */
export interface KeySet {
  keys: PublicJwk[];
  /** What each verifies, in the same order. */
  algorithms: (readonly string[])[];
}

/**
 * The usable keys of a JSON Web Key Set: those of unknown types, and those for encryption, are left out.
 *
 * @throws OidcRunnerError `JWKS_INVALID` for what is not a set, has two keys with one `kid`, or no usable key;
 * `JWKS_PRIVATE` for a set with private or symmetric keys, which anybody who reads it could sign with
 */
export function checkKeySet(value: unknown, where: string): KeySet {
  const keys = (value as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length > MOST_KEYS) {
    throw invalid(`there is no list \`keys\` of at most ${MOST_KEYS} keys`, where);
  }
  const kids = new Set<string>();
  const usable = keys.flatMap((key: unknown, index) => {
    const at = `${where}.keys[${index}]`;
    if (typeof key !== "object" || key === null || typeof (key as { kty?: unknown }).kty !== "string") {
      throw invalid("it is not a JSON Web Key", at);
    }
    if (PRIVATE_MEMBERS.some((member) => member in key)) {
      throw new OidcRunnerError("JWKS_PRIVATE", "the key has secret parts, so it is known to everybody who reads it", {
        where: at,
        fix: "serve the public half alone, and replace the key",
      });
    }
    const jwk = publicPart(key as Record<string, unknown>);
    if (jwk === undefined) {
      throw invalid("a member of the key is not a text", at);
    }
    if (jwk.kid !== undefined && kids.size === kids.add(jwk.kid).size) {
      throw invalid("another key has the same kid", at);
    }
    return algorithmsOf(jwk).length > 0 ? [jwk] : [];
  });
  if (usable.length === 0) {
    throw invalid("no key is one that verifies signatures", where);
  }
  return { keys: usable, algorithms: usable.map(algorithmsOf) };
}

function publicPart(key: Record<string, unknown>): PublicJwk | undefined {
  const operations = key.key_ops;
  const part: Record<string, unknown> = {};
  for (const name of TEXTS) {
    if (key[name] !== undefined) {
      part[name] = key[name];
    }
  }
  if (!Object.values(part).every((member) => typeof member === "string")) {
    return undefined;
  }
  if (operations !== undefined) {
    if (!Array.isArray(operations) || !operations.every((operation) => typeof operation === "string")) {
      return undefined;
    }
    part.key_ops = operations;
  }
  return part as unknown as PublicJwk;
}

function invalid(what: string, where: string): OidcRunnerError {
  return new OidcRunnerError("JWKS_INVALID", `the keys can't be used: ${what}`, {
    where,
    fix: "give the key set as the issuer serves it",
  });
}

/**
 * Whether a set has the key for a token: the one with its `kid`, or without a `kid` the only one that fits. Which algorithms it
 * verifies is the key's to say.
 */
export function findKey(
  { keys, algorithms }: KeySet,
  { kid, algorithm }: { kid: string | undefined; algorithm: string },
): "there" | "KEY_UNKNOWN" | "ALGORITHM_REFUSED" {
  if (kid === undefined) {
    return algorithms.filter((names) => names.includes(algorithm)).length === 1 ? "there" : "KEY_UNKNOWN";
  }
  const index = keys.findIndex((entry) => entry.kid === kid);
  if (index < 0) {
    return "KEY_UNKNOWN";
  }
  return algorithms[index]?.includes(algorithm) ? "there" : "ALGORITHM_REFUSED";
}

/** Whether two sets say the same of a `kid`; without one, whether they have the same keys. */
export function isSameKey(one: KeySet, other: KeySet, kid: string | undefined): boolean {
  const text = ({ keys }: KeySet) => JSON.stringify(kid === undefined ? keys : keys.find((key) => key.kid === kid));
  return text(one) === text(other);
}
