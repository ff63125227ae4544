import { OidcRunnerError } from "../../trust";
import { shown } from "../../trust/claims";
import { authoriser } from "./authorise";
import { LONGEST_MEMORY_MS, VerifiedTokens } from "./cache";
import { checkClaims } from "./check-claims";
import { checkSignature, isStillThere } from "./check-signature";
import { identityOf } from "./identity";
import { givenKeys, isSameKey, type Keys, KeysUnavailable, type ReadKeys, RemoteKeys } from "./keys";
import { metricsOf } from "./metrics";
import { type CheckedIssuer, checkOptions, plainType, type VerifierOptions } from "./options";
import { LONGEST_TOKEN, readToken } from "./read-token";
import { review, type TokenReviewOptions } from "./token-review";
import { type Accepted, type Refused, refuse, type Verdict } from "./verdict";

/** Verifies tokens. Make one for each set of options and keep it: keys and verified tokens are remembered in it. */
export interface Verifier {
  /**
   * Verifies a token in full: spelling, algorithm, issuer, signature, times, audience, identity. It never throws for a bad
   * token. A token that was accepted before is looked up, for at most 5 minutes.
   */
  verify(token: string): Promise<Verdict>;
  /**
   * Reads the keys of all issuers, so that the first request does not wait; for readiness probes.
   *
   * @throws OidcRunnerError `KEYS_UNAVAILABLE`
   */
  ready(): Promise<void>;
}

/** An issuer at work. */
interface Issuer {
  keys: Keys;
  tokenReview: TokenReviewOptions | undefined;
}

/**
 * Makes a verifier. Errors: `OPTION_MISSING`, `OPTION_CONFLICT`, `OPTION_INVALID`, `ISSUER_URL_INVALID`, `API_URL_INVALID`,
 * `API_URL_INSECURE`, `JWKS_INVALID`, `JWKS_PRIVATE`, `NAMESPACE_INVALID`, `SERVICE_ACCOUNT_NAME_INVALID`, `CLAIM_PATH_INVALID`,
 * `PATTERN_WITHOUT_LITERAL`, `PATTERN_TOO_LONG`, `ISSUER_MISMATCH`, `POLICY_LINT`.
 *
 * @example
 * const verifier = createVerifier({
 *   issuers: ["https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"],
 *   audience: "https://orders.example.com",
 *   allow: [{ namespace: "shop", serviceAccountName: "checkout" }],
 * });
 * const verdict = await verifier.verify(token);
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const checked = checkOptions(options);
  const { audiences, clock, leewaySeconds, timeoutMs, typ } = checked;
  const authorise = authoriser(
    structuredClone(options.allow),
    checked.issuers.map(({ issuer }) => issuer),
  );
  const log = options.log ?? console.warn;
  const cache = new VerifiedTokens(JSON.stringify([{ ...checked, clock: undefined }, options.allow]));
  const issuers = new Map<string, Issuer>(
    checked.issuers.map((given) => [given.issuer, { keys: keysOf(given), tokenReview: given.tokenReview }]),
  );
  const metrics = metricsOf(options.meter, () =>
    [...issuers].flatMap(([issuer, { keys }]): [string, number][] => {
      const age = keys.age();
      return age === undefined ? [] : [[issuer, age]];
    }),
  );

  function keysOf({ issuer, keys, fetch }: CheckedIssuer): Keys {
    if ("keys" in keys) {
      return givenKeys(keys);
    }
    return new RemoteKeys({
      location: keys,
      ...{ fetch, clock, timeoutMs, maxAgeMs: checked.keysMaxAgeMs },
      changed: (before, after) => cache.drop(issuer, (kid) => isSameKey(before.set, after.set, kid)),
      failed: log,
    });
  }

  /** Verifies a token that is not remembered; `key` is what to remember it by. */
  async function verifyUnseen(token: string, key: string): Promise<Verdict> {
    const read = readToken(token);
    if ("valid" in read) {
      return read;
    }
    const { claims, kid } = read;
    const issuer = typeof claims.iss === "string" ? issuers.get(claims.iss) : undefined;
    if (issuer === undefined) {
      return refuse("ISSUER_REFUSED", issuerText(claims.iss, [...issuers.keys()]));
    }
    const keys = await checkSignature(token, read, issuer.keys);
    if ("valid" in keys) {
      return keys;
    }
    if (typ !== undefined && (read.typ === undefined || plainType(read.typ) !== typ)) {
      return refuse("TYPE_REFUSED", `typ expected ${typ}, got ${shown(read.typ ?? "none")}`);
    }
    const refused = checkClaims(claims, { audiences, leewaySeconds, now: clock() });
    if (refused !== undefined) {
      return refused;
    }
    const identity = identityOf(claims);
    const reason = authorise(claims);
    if (reason !== undefined) {
      return refuse("NOT_ALLOWED", reason, identity);
    }
    const { tokenReview } = issuer;
    const reviewed = tokenReview && (await review(token, identity, audiences, tokenReview, timeoutMs));
    if (reviewed !== undefined) {
      return reviewed;
    }
    const accepted: Accepted = Object.freeze({ valid: true, identity });
    // A key that was retired during the review must not be remembered: its tokens were dropped before.
    if (isStillThere(keys, issuer.keys, kid)) {
      remember(key, accepted, kid, keys, tokenReview);
    }
    return accepted;
  }

  function remember(
    key: string,
    accepted: Accepted,
    kid: string | undefined,
    keys: ReadKeys,
    tokenReview: TokenReviewOptions | undefined,
  ): void {
    const now = clock();
    const longest = tokenReview === undefined ? LONGEST_MEMORY_MS : (tokenReview.cacheSeconds ?? 0) * 1000;
    const until = Math.min(accepted.identity.expiresAt * 1000, keys.expiresAt, now + longest);
    if (until > now) {
      cache.add(key, { accepted, kid, until });
    }
  }

  function refusal(refused: Refused): Refused {
    metrics.refused(refused.code);
    return refused;
  }

  return {
    async verify(token) {
      if (typeof token !== "string" || token.length > LONGEST_TOKEN) {
        return refusal(readToken(token) as Refused);
      }
      const key = cache.keyOf(token);
      const seen = cache.get(key, clock());
      if (seen !== undefined) {
        metrics.cacheHit();
        metrics.verified(seen);
        return seen;
      }
      const verdict = await verifyUnseen(token, key);
      if (!verdict.valid) {
        return refusal(verdict);
      }
      metrics.verified(verdict);
      return verdict;
    },

    async ready() {
      await Promise.all([...issuers.values()].map(({ keys }) => keys.current())).catch((error: unknown) => {
        throw error instanceof KeysUnavailable
          ? new OidcRunnerError("KEYS_UNAVAILABLE", error.message, {
              where: "issuers",
              fix: "check the issuer's address, the network and its certificate",
            })
          : error;
      });
    },
  };
}

function issuerText(iss: unknown, expected: readonly string[]): string {
  if (typeof iss !== "string") {
    return "the token's iss is not one text";
  }
  const slash = expected.some((issuer) => issuer.replace(/\/$/, "") === iss.replace(/\/$/, ""));
  const hint = slash ? " (they differ only by a final slash)" : "";
  return `iss expected ${expected.map(shown).join(" or ")}, got ${shown(iss)}${hint}`;
}
