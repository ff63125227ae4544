import assert from "node:assert/strict";
import { createVerifier, REFUSALS, type VerifierOptions } from "../../../runtime";
import { createSigningKey, publicJwk, type SigningKey } from "../../helpers/issuer";
import { refused } from "../../helpers/refused";
import { AUDIENCE, ISSUER, NOW, podClaims, signed } from "../support";

describe("options of a verifier", () => {
  let key: SigningKey;
  before(async () => {
    key = await createSigningKey("ES256");
  });
  const options = (changes: object): VerifierOptions => ({
    issuers: [{ issuer: ISSUER, keys: { keys: [publicJwk(key)] } }],
    audience: AUDIENCE,
    allow: "any",
    clock: () => NOW,
    ...changes,
  });

  it("are refused when they are made, with what to do", () => {
    const keys = { keys: [publicJwk(key)] };
    const cases: [changes: object, code: string, where?: string][] = [
      [{ issuers: [] }, "OPTION_MISSING", "issuers"],
      [{ issuers: undefined }, "OPTION_MISSING", "issuers"],
      [{ issuers: [{}] }, "OPTION_MISSING", "issuers[0].issuer"],
      [{ issuers: [ISSUER, ISSUER] }, "OPTION_CONFLICT", "issuers"],
      [{ issuers: ["issuer.example.com"] }, "ISSUER_URL_INVALID", "issuers[0].issuer"],
      [{ issuers: [`${ISSUER}?a=b`] }, "ISSUER_URL_INVALID", "issuers[0].issuer"],
      [{ issuers: ["http://issuer.example.com"] }, "API_URL_INSECURE", "issuers[0].issuer"],
      [{ issuers: [{ issuer: ISSUER, keys, jwksUri: `${ISSUER}/keys` }] }, "OPTION_CONFLICT", "issuers[0]"],
      [{ issuers: [{ issuer: ISSUER, discoveryUrl: "x", jwksUri: "y" }] }, "OPTION_CONFLICT", "issuers[0]"],
      [{ issuers: [{ issuer: ISSUER, jwksUri: "keys" }] }, "API_URL_INVALID", "issuers[0].jwksUri"],
      [{ issuers: [{ issuer: ISSUER, jwksOrigins: ["x"] }] }, "API_URL_INVALID", "issuers[0].jwksOrigins[0]"],
      [{ issuers: [{ issuer: ISSUER, keys: {} }] }, "JWKS_INVALID", "issuers[0].keys"],
      [{ audience: undefined }, "OPTION_MISSING", "audience"],
      [{ audience: [] }, "OPTION_MISSING", "audience"],
      [{ audience: "" }, "OPTION_MISSING", "audience"],
      [{ audience: [AUDIENCE, ""] }, "OPTION_MISSING", "audience"],
      [{ allow: undefined }, "OPTION_MISSING", "allow"],
      [{ leewaySeconds: 301 }, "OPTION_INVALID", "leewaySeconds"],
      [{ leewaySeconds: -1 }, "OPTION_INVALID", "leewaySeconds"],
      [{ keysMaxAgeSeconds: 59 }, "OPTION_INVALID", "keysMaxAgeSeconds"],
      [{ keysMaxAgeSeconds: Number.NaN }, "OPTION_INVALID", "keysMaxAgeSeconds"],
      [{ timeoutSeconds: 0 }, "OPTION_INVALID", "timeoutSeconds"],
    ];
    for (const [changes, code, where] of cases) {
      refused(() => createVerifier(options(changes)), code, where);
    }
  });

  it("take one of several audiences", async () => {
    const verifier = createVerifier(options({ audience: ["https://old.example.com", AUDIENCE] }));
    assert.equal((await verifier.verify(signed(key, podClaims()))).valid, true);
  });

  it("take typ without its prefix, in any case, and then require it", async () => {
    const verifier = createVerifier(options({ typ: "at+jwt" }));
    for (const [typ, valid] of [
      ["at+jwt", true],
      ["AT+JWT", true],
      ["application/at+jwt", true],
      ["JWT", false],
      [undefined, false],
    ] as const) {
      const verdict = await verifier.verify(signed(key, podClaims(), { typ }));
      assert.equal(verdict.valid, valid, typ);
      assert.equal(verdict.valid || verdict.code, valid || "TYPE_REFUSED");
    }
  });

  it("say in one sentence what each refusal means", () => {
    for (const [code, meaning] of Object.entries(REFUSALS)) {
      assert.match(code, /^[A-Z_]+$/);
      assert.match(meaning, /^[A-Z`].*\.$/);
    }
  });
});
