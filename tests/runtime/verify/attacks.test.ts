import assert from "node:assert/strict";
import { createVerifier, type RefusalCode, type Verifier } from "../../../runtime";
import { createSigningKey, publicJwk, type SigningKey } from "../../helpers/issuer";
import { AUDIENCE, hmac, ISSUER, NOW, part, podClaims, signature, signed } from "../support";

/** Attacks on JSON Web Tokens (reference list: RFC 8725, Wycheproof, published vulnerabilities), by name. */
describe("attacks on a verifier", () => {
  let rsa: SigningKey;
  let ec: SigningKey;
  let edwards: SigningKey;
  let stranger: SigningKey;
  let verifier: Verifier;
  let requested: string[];
  before(async () => {
    [rsa, ec, edwards, stranger] = (await Promise.all(
      (["RS256", "ES256", "EdDSA", "ES256"] as const).map(createSigningKey),
    )) as [SigningKey, SigningKey, SigningKey, SigningKey];
  });
  beforeEach(() => {
    requested = [];
    verifier = createVerifier({
      issuers: [{ issuer: ISSUER, keys: { keys: [rsa, ec, edwards].map(publicJwk) } }],
      audience: AUDIENCE,
      allow: [{ namespace: "shop", serviceAccountName: "checkout" }],
      clock: () => NOW,
      fetch: async (url) => {
        requested.push(url);
        throw new Error("no request may be made");
      },
    });
  });
  afterEach(() => assert.deepEqual(requested, [], "a token made the verifier send requests"));

  const refused = async (given: string, code: RefusalCode) => {
    // Twice: a refusal must not be remembered as anything else.
    for (let time = 0; time < 2; time++) {
      const verdict = await verifier.verify(given);
      assert.equal(verdict.valid, false, "accepted");
      assert.equal(verdict.valid === false && verdict.code, code, verdict.valid === false ? verdict.message : "");
      const end = String(given).slice(String(given).lastIndexOf(".") + 1);
      assert.ok(verdict.valid === false && (end.length < 20 || !verdict.message.includes(end)));
    }
  };
  const claims = podClaims;

  it("accepts what is good, of each type of key", async () => {
    for (const key of [rsa, ec, edwards]) {
      const verdict = await verifier.verify(signed(key, claims()));
      assert.ok(verdict.valid, verdict.valid ? "" : verdict.message);
      assert.equal(verdict.identity.kubernetes?.serviceAccountName, "checkout");
      assert.equal(verdict.identity.kubernetes?.podName, "checkout-7d9f");
    }
  });

  describe("on the algorithm", () => {
    for (const alg of ["none", "None", "NONE", "nOnE", ""]) {
      it(`alg "${alg}" without a signature`, () => refused(`${part({ alg })}.${part(claims())}.`, "ALGORITHM_REFUSED"));
    }
    it("none with the signature of another token", () =>
      refused(
        `${part({ alg: "none" })}.${part(claims())}.${signed(rsa, claims()).split(".")[2]}`,
        "ALGORITHM_REFUSED",
      ));
    it("algorithm confusion: HMAC with the public key as the secret, in each of its forms", async () => {
      for (const key of [rsa, ec]) {
        for (const type of ["spki", "pkcs1"] as const) {
          if (type === "pkcs1" && key === ec) continue;
          for (const format of ["pem", "der"] as const) {
            const secret = key.publicKey.export({ format, type } as { format: "pem"; type: "spki" });
            const input = `${part({ alg: "HS256", kid: key.kid })}.${part(claims())}`;
            await refused(`${input}.${hmac(input, secret)}`, "ALGORITHM_REFUSED");
          }
        }
      }
    });
    it("HMAC with an empty secret, and a white space that fools a comparison", async () => {
      for (const alg of ["HS256", " HS256", "HS256 ", "RS256 ", "rs256"]) {
        const input = `${part({ alg, kid: rsa.kid })}.${part(claims())}`;
        await refused(`${input}.${hmac(input, "")}`, "ALGORITHM_REFUSED");
      }
    });
    it("alg of another type of key than kid names", () =>
      refused(signed(ec, claims(), { alg: "ES256", kid: rsa.kid }), "ALGORITHM_REFUSED"));
    it("alg of the same type that the key is not for", () =>
      refused(signed(rsa, claims(), { alg: "RS384" }), "ALGORITHM_REFUSED"));
    it("alg that is not a text, or missing", async () => {
      for (const alg of [undefined, null, 1, ["RS256"], { RS256: true }]) {
        await refused(signed(rsa, claims(), { alg }), "ALGORITHM_REFUSED");
      }
    });
    it("a key of the encryption algorithms", () =>
      refused(signed(rsa, claims(), { alg: "RSA-OAEP" }), "ALGORITHM_REFUSED"));
  });

  describe("on the key", () => {
    it("embedded jwk with a signature by it", () =>
      refused(signed(stranger, claims(), { jwk: publicJwk(stranger), kid: ec.kid }), "HEADER_REFUSED"));
    for (const name of ["jku", "x5u"]) {
      it(`${name} that names the attacker's keys`, () =>
        refused(signed(stranger, claims(), { [name]: "https://attacker.example.com/keys" }), "HEADER_REFUSED"));
    }
    it("x5c with the attacker's certificate", () =>
      refused(signed(stranger, claims(), { x5c: ["MIIB"] }), "HEADER_REFUSED"));
    it("a good signature beside an embedded key", () =>
      refused(signed(ec, claims(), { jwk: publicJwk(stranger) }), "HEADER_REFUSED"));
    it("kid as a path, a query or a URL", async () => {
      for (const kid of ["../../dev/null", "' OR 1=1 --", "https://attacker.example.com", "__proto__", "constructor"]) {
        await refused(signed(stranger, claims(), { kid }), "KEY_UNKNOWN");
      }
    });
    it("kid that is not a text, empty or huge", async () => {
      for (const kid of [null, 1, [ec.kid], {}, "", "k".repeat(257)]) {
        await refused(signed(ec, claims(), { kid }), "MALFORMED");
      }
    });
    it("no kid, where it is the only key of its type, and another's signature", async () => {
      assert.equal((await verifier.verify(signed(ec, claims(), { kid: undefined }))).valid, true);
      await refused(signed(stranger, claims(), { kid: undefined }), "SIGNATURE_INVALID");
    });
    it("another's signature under the kid of the issuer", () =>
      refused(signed(stranger, claims(), { kid: ec.kid }), "SIGNATURE_INVALID"));
  });

  describe("on the header", () => {
    it("crit with an extension that is not understood", () =>
      refused(signed(ec, claims(), { crit: ["exp"], exp: 1 }), "HEADER_REFUSED"));
    it("crit that is empty or not a list", async () => {
      for (const crit of [[], "b64", {}, null]) await refused(signed(ec, claims(), { crit }), "HEADER_REFUSED");
    });
    it("b64: false, an unencoded payload (RFC 7797)", async () => {
      await refused(signed(ec, claims(), { b64: false, crit: ["b64"] }), "HEADER_REFUSED");
      await refused(signed(ec, claims(), { b64: false }), "HEADER_REFUSED");
    });
    it("zip and enc of an encrypted token", async () => {
      await refused(signed(ec, claims(), { zip: "DEF" }), "HEADER_REFUSED");
      await refused(signed(ec, claims(), { enc: "A256GCM" }), "HEADER_REFUSED");
    });
    it("a header that is not an object", async () => {
      for (const header of ["[]", "null", '"alg"', "1", "", "{", '{"alg":"ES256"', "\ufeff{}"]) {
        const input = `${part(header) || "e30"}.${part(claims())}`;
        await refused(`${input}.${signature(ec, input)}`, header === "" ? "ALGORITHM_REFUSED" : "MALFORMED");
      }
    });
    it("typ that is not a text", () => refused(signed(ec, claims(), { typ: ["JWT"] }), "MALFORMED"));
  });

  describe("on the signature", () => {
    it("none at all", () => refused(signed(ec, claims()).replace(/[^.]*$/, ""), "SIGNATURE_INVALID"));
    it("zeros, which once verified under every key", async () => {
      for (const [key, bytes] of [
        [ec, 64],
        [rsa, 256],
        [edwards, 64],
      ] as const) {
        const input = signed(key, claims()).replace(/[^.]*$/, "");
        await refused(input + Buffer.alloc(bytes).toString("base64url"), "SIGNATURE_INVALID");
      }
    });
    it("of another token", () =>
      refused(
        `${part({ alg: "ES256", kid: ec.kid })}.${part(claims({ sub: "system:serviceaccount:shop:admin" }))}.${
          signed(ec, claims()).split(".")[2]
        }`,
        "SIGNATURE_INVALID",
      ));
    it("in DER in place of the JOSE form", async () => {
      const input = `${part({ alg: "ES256", kid: ec.kid })}.${part(claims())}`;
      const { sign } = await import("node:crypto");
      await refused(
        `${input}.${sign("sha256", Buffer.from(input), ec.privateKey).toString("base64url")}`,
        "SIGNATURE_INVALID",
      );
    });
    it("that is shorter or longer by a byte", async () => {
      for (const key of [rsa, ec, edwards]) {
        const token = signed(key, claims());
        const bytes = Buffer.from(token.split(".")[2] ?? "", "base64url");
        for (const other of [bytes.subarray(1), bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.alloc(1)])]) {
          await refused(token.replace(/[^.]*$/, other.toString("base64url")), "SIGNATURE_INVALID");
        }
      }
    });
  });

  describe("on the issuer", () => {
    it("another issuer's, one that differs by a final slash, case or scheme", async () => {
      for (const iss of [
        "https://attacker.example.com",
        `${ISSUER}/`,
        ISSUER.toUpperCase(),
        ISSUER.replace("https", "http"),
      ]) {
        await refused(signed(ec, claims({ iss })), "ISSUER_REFUSED");
      }
    });
    it("iss as a list with the right one in it, as an object, a number, missing", async () => {
      for (const iss of [
        [ISSUER],
        ["https://attacker.example.com", ISSUER],
        { iss: ISSUER },
        1,
        null,
        true,
        undefined,
        "",
      ]) {
        await refused(signed(ec, claims({ iss })), "ISSUER_REFUSED");
      }
    });
    it("SSRF: an issuer at an address of the inside makes no request", async () => {
      for (const iss of ["http://169.254.169.254", "https://127.0.0.1:1", "file:///etc/passwd"]) {
        await refused(signed(stranger, claims({ iss })), "ISSUER_REFUSED");
      }
    });
  });

  describe("on the audience", () => {
    it("another service's, one that only begins or ends as ours", async () => {
      for (const aud of [
        "https://other.example.com",
        `${AUDIENCE}/`,
        `${AUDIENCE}.attacker.com`,
        AUDIENCE.slice(0, -1),
        "",
      ]) {
        await refused(signed(ec, claims({ aud })), "AUDIENCE_REFUSED");
        await refused(signed(ec, claims({ aud: [aud] })), "AUDIENCE_REFUSED");
      }
    });
    it("missing, an empty list, or of an odd type", async () => {
      for (const aud of [
        undefined,
        null,
        [],
        [[AUDIENCE]],
        { [AUDIENCE]: true },
        1,
        true,
        [AUDIENCE, 1],
        [AUDIENCE, null],
      ]) {
        await refused(signed(ec, claims({ aud })), "AUDIENCE_REFUSED");
      }
    });
    it("accepts ours as a text and among others", async () => {
      for (const aud of [AUDIENCE, ["other", AUDIENCE]]) {
        assert.equal((await verifier.verify(signed(ec, claims({ aud })))).valid, true);
      }
    });
  });

  describe("on the times", () => {
    it("missing exp, or an exp that never comes", async () => {
      await refused(signed(ec, claims({ exp: undefined })), "TIMES_INVALID");
      await refused(signed(ec, JSON.stringify(claims({ exp: 1 })).replace('"exp":1', '"exp":1e999')), "TIMES_INVALID");
    });
    it("times of odd types", async () => {
      for (const name of ["exp", "nbf", "iat"]) {
        for (const value of [null, "9999999999", [9999999999], {}, true]) {
          await refused(signed(ec, claims({ [name]: value })), "TIMES_INVALID");
        }
      }
    });
    it("expired this very millisecond, and long ago", async () => {
      await refused(signed(ec, claims({ exp: NOW / 1000 })), "EXPIRED");
      await refused(signed(ec, claims({ exp: 0 })), "EXPIRED");
      await refused(signed(ec, claims({ exp: -1 })), "EXPIRED");
      assert.equal((await verifier.verify(signed(ec, claims({ exp: NOW / 1000 + 0.001 })))).valid, true);
    });
    it("not valid yet, beyond the leeway of 5 s", async () => {
      await refused(signed(ec, claims({ nbf: NOW / 1000 + 6 })), "NOT_YET_VALID");
      assert.equal((await verifier.verify(signed(ec, claims({ nbf: NOW / 1000 + 5 })))).valid, true);
    });
  });

  describe("on size and form", () => {
    it("huge tokens: 8,193 characters and 10 MB", async () => {
      const token = signed(ec, claims({ fill: "" }));
      await refused(signed(ec, claims({ fill: "x".repeat(8193 - token.length) })), "TOO_LONG");
      await refused("A".repeat(10_000_000), "TOO_LONG");
    });
    it("deep JSON, in claims and in the header", async () => {
      const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
      const text = JSON.stringify(claims({ deep: 0 }));
      await refused(signed(ec, text.replace('"deep":0', `"deep":${deep(17)}`)), "MALFORMED");
      await refused(signed(ec, text.replace('"deep":0', `"deep":${deep(2500)}`)), "MALFORMED");
      await refused(signed(ec, claims(), `{"alg":"ES256","kid":"${ec.kid}","deep":${deep(1500)}}`), "MALFORMED");
    });
    it("claims that are not an object, or not UTF-8", async () => {
      for (const payload of ["[]", "null", '"sub"', "1", "{", "\ufeff{}", '{"a":1}{"b":2}']) {
        await refused(signed(ec, payload), "MALFORMED");
      }
      const input = `${part({ alg: "ES256", kid: ec.kid })}.${Buffer.from([0x7b, 0xff, 0x7d]).toString("base64url")}`;
      await refused(`${input}.${signature(ec, input)}`, "MALFORMED");
    });
    it("two, four and five parts, and what is not a token", async () => {
      const token = signed(ec, claims());
      for (const other of [
        token.slice(0, token.lastIndexOf(".")),
        `${token}.`,
        `${token}.a`,
        `${token}.a.b`,
        "a",
        "..",
        `Bearer:${token}`,
      ]) {
        await refused(other, "MALFORMED");
      }
      await refused("", "NO_TOKEN");
      await refused({ length: 3 } as unknown as string, "NO_TOKEN");
    });
    it("the same bytes in another spelling", async () => {
      const token = signed(rsa, claims());
      const [header = "", payload = "", end = ""] = token.split(".");
      assert.equal((await verifier.verify(token)).valid, true);
      const last =
        end.length % 4 === 2 ? `${end.slice(0, -1)}${String.fromCharCode(end.charCodeAt(end.length - 1) + 1)}` : end;
      assert.deepEqual(Buffer.from(last, "base64url"), Buffer.from(end, "base64url"));
      for (const other of [
        `${token}==`,
        `${header}=.${payload}.${end}`,
        ` ${token}`,
        `${token}\n`,
        `${header}.\t${payload}.${end}`,
        `${token.slice(0, -9)}\r\n${token.slice(-9)}`,
        `${header}.${payload}.${last}`,
        Buffer.from(end, "base64url").toString("base64") === end
          ? `${token}=`
          : `${header}.${payload}.${Buffer.from(end, "base64url").toString("base64")}`,
      ]) {
        await refused(other, "NON_CANONICAL");
      }
    });
    it("a member that occurs twice counts once, the last one", async () => {
      const text = JSON.stringify(claims());
      await refused(
        signed(ec, `{"sub":"system:serviceaccount:shop:checkout",${text.slice(1, -1)},"sub":"x"}`),
        "NOT_ALLOWED",
      );
    });
    it("claims named as members of every object", async () => {
      const text = JSON.stringify(claims()).slice(1);
      const verdict = await verifier.verify(signed(ec, `{"__proto__":{"admin":true},"constructor":1,${text}`));
      assert.ok(verdict.valid);
      assert.equal((verdict.identity.claims as { admin?: boolean }).admin, undefined);
    });
  });

  describe("on who is allowed", () => {
    it("a neighbour's namespace, ServiceAccount, and names that only look alike", async () => {
      for (const sub of [
        "system:serviceaccount:shop:checkout2",
        "system:serviceaccount:shop:check",
        "system:serviceaccount:shop2:checkout",
        "system:serviceaccount:shop:checkout:x",
        "system:serviceaccount:SHOP:checkout",
        "checkout",
      ]) {
        await refused(signed(ec, claims({ sub })), "NOT_ALLOWED");
      }
    });
    it("sub of an odd type, empty or missing", async () => {
      for (const sub of [["system:serviceaccount:shop:checkout"], 1, null, undefined, ""]) {
        await refused(signed(ec, claims({ sub })), "MALFORMED");
      }
    });
    it("says in the words of explain why", async () => {
      const verdict = await verifier.verify(signed(ec, claims({ sub: "system:serviceaccount:shop:admin" })));
      assert.ok(!verdict.valid && verdict.identity?.subject.endsWith("admin"));
      assert.match(
        verdict.message,
        /sub expected system:serviceaccount:shop:checkout, got .*only the ServiceAccount differs/,
      );
    });
  });
});
