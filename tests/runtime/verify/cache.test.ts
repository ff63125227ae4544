import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { createVerifier, type Verdict, type VerifierOptions } from "../../../runtime";
import { MOST_TOKENS, VerifiedTokens } from "../../../runtime/verify/cache";
import { identityOf } from "../../../runtime/verify/identity";
import { createSigningKey, publicJwk, type SigningKey } from "../../helpers/issuer";
import { AUDIENCE, ISSUER, NOW, podClaims, signed } from "../support";

describe("verified tokens", () => {
  let key: SigningKey;
  let now: number;
  before(async () => {
    key = await createSigningKey("ES256");
  });
  beforeEach(() => {
    now = NOW;
  });

  const make = (options: Partial<VerifierOptions> = {}) =>
    createVerifier({
      issuers: [{ issuer: ISSUER, keys: { keys: [publicJwk(key)] } }],
      audience: AUDIENCE,
      allow: [{ namespace: "shop" }],
      clock: () => now,
      ...options,
    });
  const code = (verdict: Verdict) => (verdict.valid ? "VALID" : verdict.code);

  it("are remembered for 5 minutes: the same verdict is given again", async () => {
    const verifier = make();
    const token = signed(key, podClaims({ exp: NOW / 1000 + 3600 }));
    const first = await verifier.verify(token);
    assert.ok(first.valid);
    now = NOW + 299_999;
    assert.equal(await verifier.verify(token), first);
    now = NOW + 300_000;
    const second = await verifier.verify(token);
    assert.ok(second.valid);
    assert.notEqual(second, first);
  });

  it("are remembered no longer than exp, to the millisecond", async () => {
    const verifier = make();
    const token = signed(key, podClaims({ exp: NOW / 1000 + 60 }));
    const first = await verifier.verify(token);
    now = NOW + 59_999;
    assert.equal(await verifier.verify(token), first);
    now = NOW + 60_000;
    assert.equal(code(await verifier.verify(token)), "EXPIRED");
  });

  it("are those of one set of options: another audience, list or typ is another verdict", async () => {
    const token = signed(key, podClaims());
    const verifiers = [
      make(),
      make({ audience: "https://other.example.com" }),
      make({ allow: [{ namespace: "other" }] }),
      make({ typ: "at+jwt" }),
      make({ issuers: [{ issuer: "https://other.example.com", keys: { keys: [publicJwk(key)] } }] }),
    ];
    for (let round = 0; round < 2; round++) {
      const codes = await Promise.all(verifiers.map(async (verifier) => code(await verifier.verify(token))));
      assert.deepEqual(codes, ["VALID", "AUDIENCE_REFUSED", "NOT_ALLOWED", "TYPE_REFUSED", "ISSUER_REFUSED"]);
    }
  });

  it("don't change with the object that the options were given in", async () => {
    const options = {
      issuers: [{ issuer: ISSUER, keys: { keys: [publicJwk(key)] } }],
      audience: [AUDIENCE],
      allow: [{ namespace: "shop" }],
      clock: () => now,
    };
    const verifier = createVerifier(options);
    options.audience[0] = "https://other.example.com";
    options.allow[0] = { namespace: "other" };
    options.issuers[0] = { issuer: "https://other.example.com", keys: { keys: [] } };
    assert.equal(code(await verifier.verify(signed(key, podClaims()))), "VALID");
  });

  it("are frozen, because requests share them", async () => {
    const verdict = await make().verify(signed(key, podClaims()));
    assert.ok(verdict.valid);
    const { identity } = verdict;
    for (const object of [verdict, identity, identity.claims, identity.audiences, identity.kubernetes]) {
      assert.ok(Object.isFrozen(object));
    }
    assert.ok(Object.isFrozen(identity.claims["kubernetes.io"]));
    assert.ok(Object.isFrozen(identity.claims.aud));
  });

  it("are told apart by every character, the signature's too", async () => {
    const verifier = make();
    const token = signed(key, podClaims());
    assert.equal(code(await verifier.verify(token)), "VALID");
    const swapped = token.slice(0, -2) + (token.at(-2) === "A" ? "B" : "A") + token.at(-1);
    assert.equal(code(await verifier.verify(swapped)), "SIGNATURE_INVALID");
    // ECDSA signs twice differently: the same claims are another token.
    assert.notEqual(await verifier.verify(signed(key, podClaims())), await verifier.verify(token));
  });

  it("are known by SHA-256 of options and whole token, and not kept themselves", () => {
    const tokens = new VerifiedTokens("options");
    const expected = hash("sha256", `${hash("sha256", "options", "base64url")}token`, "base64url");
    assert.equal(tokens.keyOf("token"), expected);
    assert.notEqual(new VerifiedTokens("other").keyOf("token"), expected);
  });

  it("are 10,000 at most: the oldest goes", () => {
    const tokens = new VerifiedTokens("");
    const accepted = { valid: true, identity: identityOf({ iss: ISSUER, sub: "a", aud: "b", exp: 1 }) } as const;
    const entry = { accepted, kid: undefined, until: NOW + 1 };
    for (let index = 0; index <= MOST_TOKENS; index++) tokens.add(String(index), entry);
    assert.equal(MOST_TOKENS, 10_000);
    assert.equal(tokens.size, MOST_TOKENS);
    assert.equal(tokens.get("0", NOW), undefined);
    assert.equal(tokens.get("1", NOW), accepted);
    assert.equal(tokens.get(String(MOST_TOKENS), NOW), accepted);
    assert.equal(tokens.get("1", NOW + 1), undefined);
    assert.equal(tokens.size, MOST_TOKENS - 1);
  });

  it("are none of the refused ones", async () => {
    const verifier = make({ allow: [{ namespace: "other" }] });
    const token = signed(key, podClaims());
    const [one, two] = [await verifier.verify(token), await verifier.verify(token)];
    assert.notEqual(one, two);
    assert.deepEqual(one, two);
  });
});
