import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { checkKeySet, type KeySet, sameKeySet } from "../../../../trust/issuers/registration/key-set";
import { refused } from "../../../helpers/refused";

const pairs = {
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  okp: generateKeyPairSync("ed25519"),
};
const publicKey = (kind: keyof typeof pairs, kid?: string): Record<string, unknown> => ({
  ...(pairs[kind].publicKey.export({ format: "jwk" }) as Record<string, unknown>),
  ...(kid !== undefined && { kid }),
});
const privateKey = (kind: keyof typeof pairs) =>
  ({ ...pairs[kind].privateKey.export({ format: "jwk" }), kid: "secret" }) as Record<string, unknown>;

describe("trust/issuers/registration/key-set", () => {
  it("accepts public keys of every kind, and a lone one without kid", () => {
    checkKeySet({ keys: [publicKey("rsa", "1"), publicKey("ec", "2"), publicKey("okp", "3")] });
    checkKeySet({ keys: [publicKey("ec")] });
    checkKeySet({ keys: [{ ...publicKey("rsa", "1"), use: "sig", alg: "RS256", key_ops: ["verify"], x5c: ["MIIB"] }] });
  });

  for (const kind of ["rsa", "ec", "okp"] as const) {
    it(`refuses the private half of an ${kind} key, and does not repeat it`, () => {
      const key = privateKey(kind);
      refused(() => checkKeySet({ keys: [publicKey("okp", "1"), key] }), "JWKS_PRIVATE", "jwks.keys[1]");
      assert.throws(
        () => checkKeySet({ keys: [key] }),
        (error: Error) => !error.message.includes(key.d as string),
      );
    });
  }

  for (const member of ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]) {
    it(`refuses the member ${member}`, () =>
      refused(() => checkKeySet({ keys: [{ ...publicKey("rsa", "1"), [member]: "AQAB" }] }), "JWKS_PRIVATE"));
  }

  const ok = publicKey("ec", "1");
  const bad: [string, unknown, string][] = [
    ["nothing", undefined, "jwks.keys"],
    ["null", null, "jwks.keys"],
    ["no keys", {}, "jwks.keys"],
    ["an empty list", { keys: [] }, "jwks.keys"],
    ["keys that are no list", { keys: ok }, "jwks.keys"],
    ["a key that is a text", { keys: [ok, "x"] }, "jwks.keys[1]"],
    ["a key that is null", { keys: [null] }, "jwks.keys[0]"],
    ["no kty", { keys: [{ ...ok, kty: undefined }] }, "jwks.keys[0]"],
    ["an unknown kty", { keys: [{ ...ok, kty: "AKP" }] }, "jwks.keys[0]"],
    ["a kty of every object", { keys: [{ ...ok, kty: "constructor" }] }, "jwks.keys[0]"],
    ["a kty in another case", { keys: [{ ...ok, kty: "ec" }] }, "jwks.keys[0]"],
    ["a key without its parts", { keys: [{ ...ok, y: undefined }] }, "jwks.keys[0]"],
    ["an empty part", { keys: [{ ...ok, x: "" }] }, "jwks.keys[0]"],
    ["a part that is a number", { keys: [{ ...publicKey("rsa", "1"), e: 65537 }] }, "jwks.keys[0]"],
    ["two keys, one without kid", { keys: [ok, publicKey("rsa")] }, "jwks.keys[1]"],
    ["an empty kid", { keys: [{ ...ok, kid: "" }] }, "jwks.keys[0]"],
    ["a kid that is a number", { keys: [{ ...ok, kid: 1 }] }, "jwks.keys[0]"],
    ["two keys of one kid", { keys: [ok, publicKey("rsa", "1")] }, "jwks.keys[1]"],
  ];
  for (const [what, jwks, where] of bad) {
    it(`refuses ${what}`, () => refused(() => checkKeySet(jwks as KeySet), "JWKS_INVALID", where));
  }

  for (const [jwks, reason] of [
    [{ keys: [] }, "it holds no keys"],
    [{ keys: [7] }, "a key is an object"],
    [{ keys: [{ ...ok, kty: "AKP" }] }, "its kty is none of RSA, EC, OKP"],
    [{ keys: [{ kty: "EC", crv: "P-256", kid: "1" }] }, "it lacks x, y"],
    [{ keys: [{ kty: "OKP", kid: "1" }] }, "it lacks crv, x"],
    [{ keys: [publicKey("rsa"), ok] }, "it has no kid, by which a token names its key"],
    [{ keys: [ok, ok] }, "another key has the same kid"],
    [{ keys: [{ ...ok, d: "d", p: "p" }] }, "the key holds secret parts: d, p"],
    [{ keys: [{ kty: "oct" }] }, "the key holds secret parts: kty oct"],
  ] as const) {
    it(`says that ${reason}`, () =>
      assert.throws(
        () => checkKeySet(jwks as unknown as KeySet),
        (error: Error) => error.message.includes(`: ${reason.split(": ").pop()} (at`),
      ));
  }

  it("refuses a symmetric key, even an empty one", () =>
    refused(() => checkKeySet({ keys: [{ kty: "oct", kid: "1" }] }, "x"), "JWKS_PRIVATE", "x.keys[0]"));

  it("tells keys apart by each of their parts", () => {
    const key = { kty: "a", kid: "b", use: "c", alg: "d", crv: "e", n: "f", e: "g", x: "h", y: "i" };
    for (const member of Object.keys(key)) {
      assert.ok(!sameKeySet({ keys: [key] }, { keys: [{ ...key, [member]: "other" }] }), member);
    }
    assert.ok(sameKeySet({ keys: [key] }, { keys: [{ ...key, x5t: "other" }] }));
  });

  it("compares keys whatever their order and ornaments", () => {
    const [one, two] = [publicKey("rsa", "1"), publicKey("ec", "2")];
    assert.ok(sameKeySet({ keys: [one, two] }, { keys: [{ ...two, x5c: ["x"] }, { ...one }] }));
    assert.ok(sameKeySet(undefined, undefined));
    for (const other of [
      undefined,
      { keys: [] },
      { keys: [one] },
      { keys: [one, { ...two, kid: "3" }] },
      { keys: [one, { ...two, x: one.n }] },
      { keys: [one, { ...two, alg: "ES256" }] },
    ]) {
      assert.ok(!sameKeySet({ keys: [one, two] }, other), JSON.stringify(other));
      assert.ok(!sameKeySet(other, { keys: [one, two] }));
    }
  });
});
