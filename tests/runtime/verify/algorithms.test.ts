import assert from "node:assert/strict";
import { createVerifier } from "../../../runtime";
import { AUDIENCE, ISSUER, NOW, podClaims } from "../support";

/** Signed by jose, so that what verifies is not what signed. */
describe("algorithms of a verifier", () => {
  for (const alg of [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
  ]) {
    it(`${alg}: accepts what its key signed and refuses what another did, with and without alg in the key`, async () => {
      const { exportJWK, generateKeyPair, SignJWT } = await import("jose");
      const [own, other] = await Promise.all([generateKeyPair(alg), generateKeyPair(alg)]);
      const jwk = { ...(await exportJWK(own.publicKey)), kid: "one" };
      for (const key of [jwk, { ...jwk, alg }]) {
        const verifier = createVerifier({
          issuers: [{ issuer: ISSUER, keys: { keys: [key] } }],
          audience: AUDIENCE,
          allow: "any",
          clock: () => NOW,
        });
        const sign = (pair: typeof own) =>
          new SignJWT(podClaims()).setProtectedHeader({ alg, kid: "one" }).sign(pair.privateKey);
        const good = await verifier.verify(await sign(own));
        assert.ok(good.valid, good.valid ? "" : good.message);
        const bad = await verifier.verify(await sign(other));
        assert.equal(bad.valid === false && bad.code, "SIGNATURE_INVALID");
      }
    });
  }

  it("are none of a key for another: RS256 by a key for PS256, and the other way round", async () => {
    const { exportJWK, generateKeyPair, SignJWT } = await import("jose");
    for (const [of, used] of [
      ["PS256", "RS256"],
      ["RS256", "PS256"],
      ["RS512", "RS256"],
    ] as const) {
      const pair = await generateKeyPair(used);
      const verifier = createVerifier({
        issuers: [{ issuer: ISSUER, keys: { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "one", alg: of }] } }],
        audience: AUDIENCE,
        allow: "any",
        clock: () => NOW,
      });
      const token = await new SignJWT(podClaims()).setProtectedHeader({ alg: used, kid: "one" }).sign(pair.privateKey);
      const verdict = await verifier.verify(token);
      assert.equal(verdict.valid === false && verdict.code, "ALGORITHM_REFUSED");
    }
  });
});
