import { ourVerifier } from "./ours";
import { createSigner } from "./tokens";

/** Verifies as many different tokens as the command line says, and prints what the heap then holds. */
async function main(count: number): Promise<void> {
  const signer = createSigner("ES256");
  const verifier = ourVerifier(signer);
  for (const token of signer.tokens(count)) {
    await verifier.verify(token);
  }
  global.gc?.();
  console.log(JSON.stringify({ heap: process.memoryUsage().heapUsed / 1e6 }));
  // Used here, so that it is still held above.
  await verifier.verify("");
}

void main(Number(process.argv[2]));
