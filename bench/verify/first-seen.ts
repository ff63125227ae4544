import type { Benchmark } from "../measure/benchmark";
import { ourVerifier } from "./ours";
import { type Algorithm, AUDIENCE, createSigner, ISSUER, type Signer } from "./tokens";

const TOKENS = 2000;
/** 0.9 of the rate is this of the time. */
const TARGET = 1 / 0.9;

type Verify = (token: string) => Promise<unknown>;

/** Milliseconds for all tokens, one after the other: what one core does. */
async function timed(tokens: readonly string[], verify: Verify): Promise<Record<string, number>> {
  const begun = performance.now();
  for (const token of tokens) {
    await verify(token);
  }
  return { time: performance.now() - begun };
}

/** What users would pick instead, with the checks that they have. */
const OTHERS: Record<string, (signer: Signer) => Promise<Verify>> = {
  jose: async ({ jwks, algorithm }) => {
    const { createLocalJWKSet, jwtVerify } = await import("jose");
    const keys = createLocalJWKSet(jwks);
    const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: [algorithm], requiredClaims: ["exp"] };
    return (token) => jwtVerify(token, keys, options);
  },
  "fast-jwt": async ({ publicKey, algorithm }) => {
    const { createVerifier } = await import("fast-jwt");
    const key = publicKey.export({ type: "spki", format: "pem" }).toString();
    const verify = createVerifier({ key, algorithms: [algorithm], allowedIss: ISSUER, allowedAud: AUDIENCE });
    return async (token) => verify(token);
  },
};

function of(algorithm: Algorithm, other: string, target?: number): Benchmark {
  const name = `verify/first-seen/${algorithm}/${other}`;
  const subject = `verifying ${TOKENS} tokens that were not seen before`;
  const reference = `${other} without a memory, the same tokens`;
  return {
    name,
    pairs: 11,
    rows: [{ name, metric: "time", unit: "ms", subject, reference, ...(target !== undefined && { target }) }],
    async start() {
      const signer = createSigner(algorithm);
      const tokens = signer.tokens(TOKENS);
      const verify = await OTHERS[other]?.(signer);
      return {
        async subject() {
          // A verifier that has seen none of them.
          const verifier = ourVerifier(signer);
          return timed(tokens, async (token) => {
            if (!(await verifier.verify(token)).valid) {
              throw new Error("the token is refused");
            }
          });
        },
        reference: () => timed(tokens, verify as Verify),
      };
    },
  };
}

/** Tokens that are seen for the first time. */
export const firstSeen: Benchmark[] = (["RS256", "ES256"] as const).flatMap((algorithm) => [
  of(algorithm, "jose", TARGET),
  of(algorithm, "fast-jwt"),
]);
