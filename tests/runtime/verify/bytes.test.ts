import assert from "node:assert/strict";
import { verify as verifySignature } from "node:crypto";
import fc from "fast-check";
import { createVerifier, type Verifier } from "../../../runtime";
import { createSigningKey, publicJwk, type SigningKey } from "../../helpers/issuer";
import { tries } from "../../helpers/property";
import { AUDIENCE, ISSUER, NOW, podClaims, signed } from "../support";

/** Tries of changed bytes: 10,000, in a full run 100,000. */
const CHANGES = process.env.OIDC_RUNNER_FULL ? tries(5000) : tries(10_000);
const ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;

describe("a verifier and the bytes of a token", () => {
  let keys: SigningKey[];
  let tokens: string[];
  let verifier: Verifier;
  before(async () => {
    keys = await Promise.all(ALGORITHMS.map(createSigningKey));
    tokens = keys.map((key) => signed(key, podClaims()));
    verifier = createVerifier({
      issuers: [{ issuer: ISSUER, keys: { keys: keys.map(publicJwk) } }],
      audience: AUDIENCE,
      allow: "any",
      clock: () => NOW,
    });
  });

  /** Independent verifier: jose alone, with a set of the same keys. */
  async function byJose(token: string): Promise<boolean> {
    const { createLocalJWKSet, jwtVerify } = await import("jose");
    const set = createLocalJWKSet({ keys: keys.map(publicJwk) });
    const options = { issuer: ISSUER, audience: AUDIENCE, currentDate: new Date(NOW), clockTolerance: 0 };
    return jwtVerify(token, set, { ...options, algorithms: [...ALGORITHMS], requiredClaims: ["exp"] }).then(
      () => true,
      () => false,
    );
  }

  /** Independent verifier: `node:crypto` and the standards' words, by hand. */
  function byHand(token: string): boolean {
    const [header = "", payload = "", signature = "", ...more] = token.split(".");
    if (more.length > 0) return false;
    const read = (part: string) => {
      try {
        return JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
      } catch {
        return {};
      }
    };
    const { alg, kid } = read(header);
    const { iss, aud, exp, nbf } = read(payload);
    const key = keys.find((entry) => entry.kid === kid && entry.algorithm === alg);
    if (key === undefined) return false;
    const digest = { RS256: "sha256", ES256: "sha256", EdDSA: null }[key.algorithm];
    const options = { key: key.publicKey, dsaEncoding: "ieee-p1363" as const };
    const isSigned = verifySignature(
      digest,
      Buffer.from(`${header}.${payload}`),
      options,
      Buffer.from(signature, "base64url"),
    );
    const isNow = typeof exp === "number" && exp * 1000 > NOW && (nbf === undefined || Number(nbf) * 1000 <= NOW);
    return isSigned && iss === ISSUER && [aud].flat().includes(AUDIENCE) && isNow;
  }

  const bytesOf = (token: string) => token.split(".").map((part) => Buffer.from(part, "base64url"));

  it("accepts the tokens as they are, as both independent verifiers do", async () => {
    for (const token of tokens) {
      assert.equal((await verifier.verify(token)).valid, true);
      assert.equal(await byJose(token), true);
      assert.equal(byHand(token), true);
    }
  });

  it("refuses every change of bytes of header, claims or signature, as both do", () => {
    const change = fc.record({ part: fc.nat(2), place: fc.nat(), mask: fc.integer({ min: 1, max: 255 }) });
    const changes = fc.array(change, { minLength: 1, maxLength: 4 });
    return fc.assert(
      fc.asyncProperty(fc.nat(ALGORITHMS.length - 1), changes, async (index, list) => {
        const original = tokens[index] as string;
        const parts = bytesOf(original);
        for (const { part, place, mask } of list) {
          const bytes = parts[part] as Buffer;
          const at = place % bytes.length;
          bytes[at] = (bytes[at] as number) ^ mask;
        }
        const token = parts.map((bytes) => bytes.toString("base64url")).join(".");
        // Changes may undo each other.
        fc.pre(token !== original);
        const verdict = await verifier.verify(token);
        assert.equal(verdict.valid, false);
        assert.notEqual(verdict.valid === false && verdict.code, "NON_CANONICAL");
        assert.equal(await byJose(token), false);
        assert.equal(byHand(token), false);
      }),
      CHANGES,
    );
  });

  it("agrees with both on signed tokens of other claims", () => {
    const odd = <T>(good: T, ...others: unknown[]) => fc.constantFrom<unknown>(good, good, ...others);
    const claims = fc.record({
      iss: odd(ISSUER, `${ISSUER}/`, [ISSUER], undefined, "https://other.example.com"),
      aud: odd([AUDIENCE], AUDIENCE, ["other", AUDIENCE], "other", [], undefined, `${AUDIENCE}/`),
      exp: odd(NOW / 1000 + 1, NOW / 1000, NOW / 1000 - 1, undefined),
      nbf: odd(NOW / 1000, undefined, NOW / 1000 - 1, NOW / 1000 + 60),
    });
    const header = fc.record({
      kid: fc.constantFrom("own", "own", "own", "other", "unknown"),
      alg: fc.constantFrom("own", "own", "own", "none", "HS256"),
    });
    return fc.assert(
      fc.asyncProperty(fc.nat(ALGORITHMS.length - 1), claims, header, async (index, changed, { kid, alg }) => {
        const key = keys[index] as SigningKey;
        const other = keys[(index + 1) % keys.length] as SigningKey;
        const token = signed(key, podClaims(changed), {
          kid: { own: key.kid, other: other.kid, unknown: "x" }[kid],
          alg: alg === "own" ? key.algorithm : alg,
        });
        const verdicts = [(await verifier.verify(token)).valid, await byJose(token), byHand(token)];
        assert.ok(new Set(verdicts).size === 1, `${verdicts.join()}: ${JSON.stringify({ changed, kid, alg })}`);
      }),
      tries(500),
    );
  });

  it("refuses the same bytes in another spelling as NON_CANONICAL", () => {
    const spellings: ((token: string, at: number) => string)[] = [
      (token, at) => `${token.slice(0, at)}\n${token.slice(at)}`,
      (token, at) => `${token.slice(0, at)} ${token.slice(at)}`,
      (token) => `${token}=`,
      (token) => token.replaceAll("-", "+").replaceAll("_", "/"),
      (token, at) => withSpareBits(token, at),
    ];
    return fc.assert(
      fc.asyncProperty(
        fc.nat(ALGORITHMS.length - 1),
        fc.nat(),
        fc.nat(spellings.length - 1),
        async (index, at, how) => {
          const token = tokens[index] as string;
          const spelled = spellings[how]?.(token, at % (token.length + 1)) ?? token;
          fc.pre(spelled !== token);
          assert.deepEqual(bytesOf(spelled), bytesOf(token));
          const verdict = await verifier.verify(spelled);
          assert.equal(verdict.valid === false && verdict.code, "NON_CANONICAL");
        },
      ),
      tries(500),
    );
  });

  /** Sets a bit that is left over at the end of a part. */
  function withSpareBits(token: string, at: number): string {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const parts = token.split(".");
    const index = parts.findIndex((part, place) => part.length % 4 !== 0 && place >= at % 3);
    const part = parts[index];
    if (part === undefined) return token;
    parts[index] = part.slice(0, -1) + letters[letters.indexOf(part.at(-1) as string) + 1];
    return parts.join(".");
  }
});
