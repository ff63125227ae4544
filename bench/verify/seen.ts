import { hash } from "node:crypto";
import type { Benchmark } from "../measure/benchmark";
import { ourVerifier } from "./ours";
import { type Algorithm, createSigner } from "./tokens";

const TOKENS = 1000;
const ROUNDS = 300;
/** 300,000 a second. */
const LIMIT_MS = 1000;

/** Milliseconds for all rounds. */
async function timed(action: (index: number) => unknown): Promise<Record<string, number>> {
  const begun = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    for (let index = 0; index < TOKENS; index++) {
      await action(index);
    }
  }
  return { time: performance.now() - begun };
}

function of(algorithm: Algorithm, other: "sha-256" | "fast-jwt"): Benchmark {
  const name = `verify/seen/${algorithm}/${other}`;
  const subject = `${ROUNDS * TOKENS} verifications of ${TOKENS} tokens that were seen before`;
  const reference = other === "sha-256" ? "SHA-256 of the same tokens alone" : "fast-jwt with its cache on";
  return {
    name,
    pairs: 11,
    rows: [{ name, metric: "time", unit: "ms", limit: LIMIT_MS, subject, reference }],
    async start() {
      const signer = createSigner(algorithm);
      const tokens = signer.tokens(TOKENS);
      const verifier = ourVerifier(signer);
      for (const token of tokens) {
        await verifier.verify(token);
      }
      const { createVerifier } = await import("fast-jwt");
      const key = signer.publicKey.export({ type: "spki", format: "pem" }).toString();
      const cached = createVerifier({ key, algorithms: [algorithm], cache: TOKENS });
      const others = {
        "sha-256": (index: number) => hash("sha256", tokens[index] as string, "base64url"),
        "fast-jwt": (index: number) => cached(tokens[index] as string),
      };
      return {
        subject: () => timed((index) => verifier.verify(tokens[index] as string)),
        reference: () => timed(others[other]),
      };
    },
  };
}

/** Tokens that were seen before. */
export const seen: Benchmark[] = [of("RS256", "sha-256"), of("ES256", "sha-256"), of("RS256", "fast-jwt")];
