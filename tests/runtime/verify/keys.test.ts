import assert from "node:assert/strict";
import { createVerifier, type Verdict, type Verifier, type VerifierOptions } from "../../../runtime";
import { createSigningKey, publicJwk, type SigningKey } from "../../helpers/issuer";
import { refused, refusedLater } from "../../helpers/refused";
import { AUDIENCE, DISCOVERY, JWKS, type LoopbackIssuer, NOW, podClaims, serve, signed, startIssuer } from "../support";

describe("keys of an issuer", () => {
  let first: SigningKey;
  let second: SigningKey;
  let third: SigningKey;
  let issuer: LoopbackIssuer;
  let now: number;
  let lines: string[];
  before(async () => {
    [first, second, third] = (await Promise.all(
      ["ES256", "ES256", "RS256"].map((name) => createSigningKey(name as "ES256")),
    )) as [SigningKey, SigningKey, SigningKey];
  });
  beforeEach(async () => {
    now = NOW;
    lines = [];
    issuer = await startIssuer(first);
  });
  afterEach(() => issuer.close());

  const make = (options: Partial<VerifierOptions> = {}): Verifier =>
    createVerifier({
      issuers: [issuer.url],
      audience: AUDIENCE,
      allow: "any",
      clock: () => now,
      log: (line) => lines.push(line),
      ...options,
    });
  let count = 0;
  /** A new token, so that none is remembered. */
  const token = (key: SigningKey, changes: object = {}) => {
    count += 1;
    return signed(key, podClaims({ iss: issuer.url, jti: String(count), exp: NOW / 1000 + 86_400, ...changes }));
  };
  const code = (verdict: Verdict) => (verdict.valid ? "VALID" : verdict.code);
  const codeOf = async (verifier: Verifier, key: SigningKey) => code(await verifier.verify(token(key)));
  const later = (seconds: number) => {
    now += seconds * 1000;
  };

  it("are read once, by discovery, for many tokens at once", async () => {
    const verifier = make();
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => codeOf(verifier, first)));
    assert.deepEqual(new Set(verdicts), new Set(["VALID"]));
    assert.deepEqual(issuer.requests, [DISCOVERY, JWKS]);
  });

  it("are read ahead by ready(), which says what is wrong", async () => {
    await make().ready();
    assert.deepEqual(issuer.requests, [DISCOVERY, JWKS]);
    issuer.down = true;
    const error = await refusedLater(make().ready(), "KEYS_UNAVAILABLE");
    assert.ok(error.message.includes(issuer.url), error.message);
  });

  it("may be served by another host than the issuer's, which must still name it", async () => {
    const iss = "https://cluster.example.com";
    const given = { issuer: iss, discoveryUrl: `${issuer.url}${DISCOVERY}` };
    assert.equal(code(await make({ issuers: [given] }).verify(token(first, { iss }))), "KEYS_UNAVAILABLE");
    issuer.answers.set(DISCOVERY, JSON.stringify({ issuer: iss, jwks_uri: `${issuer.url}${JWKS}` }));
    assert.equal(code(await make({ issuers: [given] }).verify(token(first, { iss }))), "VALID");
    const direct = { issuer: iss, jwksUri: `${issuer.url}${JWKS}` };
    issuer.requests.length = 0;
    assert.equal(code(await make({ issuers: [direct] }).verify(token(first, { iss }))), "VALID");
    assert.deepEqual(issuer.requests, [JWKS]);
  });

  it("are those of the right issuer, where there are several", async () => {
    const other = await startIssuer(second);
    try {
      const verifier = make({ issuers: [issuer.url, other.url] });
      assert.equal(code(await verifier.verify(token(first))), "VALID");
      assert.equal(code(await verifier.verify(token(second, { iss: other.url }))), "VALID");
      assert.equal(code(await verifier.verify(token(second))), "KEY_UNKNOWN");
      assert.equal(code(await verifier.verify(token(first, { iss: other.url }))), "KEY_UNKNOWN");
    } finally {
      await other.close();
    }
  });

  describe("that rotate", () => {
    it("are read again for the first token of a new one, without a restart", async () => {
      const verifier = make();
      assert.equal(await codeOf(verifier, first), "VALID");
      issuer.keys = [second, first];
      assert.equal(await codeOf(verifier, second), "VALID");
      assert.equal(await codeOf(verifier, first), "VALID");
      assert.equal(issuer.requests.length, 4);
    });

    it("are read at most every 30 seconds because of unknown ones: forged tokens cause no storm", async () => {
      const verifier = make();
      await verifier.ready();
      for (let round = 0; round < 50; round++) assert.equal(await codeOf(verifier, second), "KEY_UNKNOWN");
      await Promise.all(Array.from({ length: 50 }, () => codeOf(verifier, third)));
      assert.equal(issuer.requests.filter((path) => path === JWKS).length, 2);
      later(29.9);
      assert.equal(await codeOf(verifier, second), "KEY_UNKNOWN");
      assert.equal(issuer.requests.filter((path) => path === JWKS).length, 2);
      issuer.keys = [second];
      later(0.1);
      assert.equal(await codeOf(verifier, second), "VALID");
    });

    it("no longer admit a token that was accepted, once they were read without its key", async () => {
      const verifier = make();
      const old = token(first);
      assert.equal(code(await verifier.verify(old)), "VALID");
      issuer.keys = [second];
      assert.equal(code(await verifier.verify(old)), "VALID", "not read again yet");
      assert.equal(await codeOf(verifier, second), "VALID");
      assert.equal(code(await verifier.verify(old)), "KEY_UNKNOWN");
    });

    it("no longer admit it either when another key takes over its kid", async () => {
      const verifier = make();
      const old = token(first);
      assert.equal(code(await verifier.verify(old)), "VALID");
      issuer.keys = [second, { ...second, kid: first.kid }];
      assert.equal(await codeOf(verifier, second), "VALID");
      assert.equal(code(await verifier.verify(old)), "SIGNATURE_INVALID");
    });

    it("drop tokens without kid when any of them changes", async () => {
      const verifier = make();
      const old = signed(first, podClaims({ iss: issuer.url }), { kid: undefined });
      assert.equal(code(await verifier.verify(old)), "VALID");
      issuer.keys = [third, second];
      assert.equal(await codeOf(verifier, second), "VALID");
      assert.equal(code(await verifier.verify(old)), "SIGNATURE_INVALID");
    });

    it("keep the tokens of keys that stay", async () => {
      const verifier = make();
      const verdict = await verifier.verify(token(first));
      const old = token(first);
      const before = await verifier.verify(old);
      issuer.keys = [second, first];
      assert.equal(await codeOf(verifier, second), "VALID");
      assert.equal(await verifier.verify(old), before, "another verdict means that it was verified again");
      assert.notEqual(verdict, before);
    });

    it("lose no valid request at 200 a second, and admit no token of a retired key once they were read again", async () => {
      const verifier = make();
      const ring = [first, second, third];
      const tokens = new Map(ring.map((key) => [key, Array.from({ length: 20 }, () => token(key))]));
      let signing = first;
      let retired: SigningKey | undefined;
      let read = 0;
      for (let request = 0; request < 40_000; request++) {
        const minute = Math.floor(request / 12_000);
        if (request % 12_000 === 6_000) {
          // As the API server does: the new key is published beside the old one when it begins to sign.
          issuer.keys = [ring[minute + 1] ?? third, signing];
          signing = ring[minute + 1] ?? third;
        } else if (request % 12_000 === 9_000) {
          retired = ring[minute];
          issuer.keys = [signing];
          read = issuer.requests.length;
        }
        const text = tokens.get(signing)?.[request % 20] ?? "";
        const verdict = await verifier.verify(text);
        assert.ok(verdict.valid, `request ${request}: ${code(verdict)}`);
        if (retired !== undefined && issuer.requests.length > read && request % 100 === 0) {
          const old = await verifier.verify(tokens.get(retired)?.[0] ?? "");
          // The reading may be under way: then the old set serves for this moment still.
          assert.ok(!old.valid || issuer.requests.length === read + 1, `request ${request}: a retired key's token`);
        }
        later(0.005);
      }
      assert.ok(issuer.requests.length <= 2 * 12, `${issuer.requests.length} requests to the issuer`);
    });

    it("are read again in the background after half of their time, and in the foreground after all of it", async () => {
      const verifier = make();
      assert.equal(await codeOf(verifier, first), "VALID");
      issuer.keys = [second];
      later(299);
      assert.equal(await codeOf(verifier, first), "VALID");
      assert.equal(issuer.requests.length, 2);
      later(302);
      assert.equal(await codeOf(verifier, first), "KEY_UNKNOWN", "the old keys have expired");
      assert.equal(await codeOf(verifier, second), "VALID");
    });
  });

  describe("of an issuer that is down", () => {
    it("serve for as long as they are good, and nothing fails open after that", async () => {
      const verifier = make();
      const old = token(first);
      assert.equal(code(await verifier.verify(old)), "VALID");
      issuer.down = true;
      for (let second_ = 0; second_ < 599; second_ += 13) {
        assert.equal(await codeOf(verifier, first), "VALID", `after ${second_} s`);
        assert.notEqual(await codeOf(verifier, second), "VALID");
        later(13);
      }
      now = NOW + 600_000;
      assert.equal(await codeOf(verifier, first), "KEYS_UNAVAILABLE");
      assert.equal(code(await verifier.verify(old)), "KEYS_UNAVAILABLE", "remembered longer than the keys");
      assert.ok(lines.length > 0 && lines.every((line) => line.includes(issuer.url)));
      issuer.down = false;
      later(5);
      assert.equal(await codeOf(verifier, first), "VALID");
    });

    it("are asked for at most every 5 seconds", async () => {
      issuer.down = true;
      const verifier = make();
      for (let round = 0; round < 20; round++) assert.equal(await codeOf(verifier, first), "KEYS_UNAVAILABLE");
      assert.equal(issuer.requests.length, 1);
      issuer.down = false;
      assert.equal(await codeOf(verifier, first), "KEYS_UNAVAILABLE");
      later(5);
      assert.equal(await codeOf(verifier, first), "VALID");
    });

    it("say that they are unavailable, not unknown, for a new one", async () => {
      const verifier = make();
      await verifier.ready();
      issuer.down = true;
      assert.equal(await codeOf(verifier, second), "KEYS_UNAVAILABLE");
      assert.equal(await codeOf(verifier, first), "VALID");
    });
  });

  describe("that an attacker serves", () => {
    const unavailable = async (words: RegExp, options: Partial<VerifierOptions> = {}) => {
      const verdict = await make(options).verify(token(first));
      assert.equal(code(verdict), "KEYS_UNAVAILABLE");
      assert.match(verdict.valid ? "" : verdict.message, words);
      assert.doesNotMatch(verdict.valid ? "" : verdict.message, /\n/);
    };

    it("by redirects, of discovery and of the key set", async () => {
      const elsewhere = await startIssuer(first);
      try {
        for (const path of [DISCOVERY, JWKS]) {
          for (const status of [301, 302, 303, 307, 308]) {
            issuer.answers.clear();
            issuer.answers.set(path, (response) =>
              response.writeHead(status, { Location: `${elsewhere.url}${path}` }).end(),
            );
            await unavailable(/redirects \(status 30\d\), which is not followed/);
          }
        }
        assert.deepEqual(elsewhere.requests, []);
      } finally {
        await elsewhere.close();
      }
    });

    it("at another origin that discovery names (SSRF), unless it is listed", async () => {
      const elsewhere = await startIssuer(first);
      try {
        for (const uri of [`${elsewhere.url}${JWKS}`, "https://169.254.169.254/keys", `${issuer.url}@attacker.com/`]) {
          issuer.answers.set(DISCOVERY, JSON.stringify({ issuer: issuer.url, jwks_uri: uri }));
          await unavailable(/jwks_uri|API_URL/);
        }
        for (const uri of ["http://169.254.169.254/keys", "file:///etc/passwd", "keys", 1, undefined]) {
          issuer.answers.set(DISCOVERY, JSON.stringify({ issuer: issuer.url, jwks_uri: uri }));
          await unavailable(/jwks_uri|API_URL|scheme|TLS/);
        }
        assert.deepEqual(elsewhere.requests, []);
        issuer.answers.set(DISCOVERY, JSON.stringify({ issuer: issuer.url, jwks_uri: `${elsewhere.url}${JWKS}` }));
        const listed = make({ issuers: [{ issuer: issuer.url, jwksOrigins: [elsewhere.url] }] });
        assert.equal(await codeOf(listed, first), "VALID");
      } finally {
        await elsewhere.close();
      }
    });

    it("under another issuer's name, or with a final slash more", async () => {
      for (const name of ["https://attacker.example.com", `${issuer.url}/`, [issuer.url], undefined]) {
        issuer.answers.set(DISCOVERY, JSON.stringify({ issuer: name, jwks_uri: `${issuer.url}${JWKS}` }));
        await unavailable(/another issuer's/);
      }
    });

    it("as a key set of 1 MB, also one that never ends, and a discovery document of that size", async () => {
      const padding = "x".repeat(1_000_000);
      issuer.answers.set(JWKS, JSON.stringify({ keys: [publicJwk(first)], padding }));
      await unavailable(/longer than 102400 bytes/);
      issuer.answers.set(JWKS, (response) => {
        const more = () => response.write("x".repeat(10_000)) && setImmediate(more);
        response.on("drain", more);
        more();
      });
      await unavailable(/longer than 102400 bytes/);
      issuer.answers.delete(JWKS);
      issuer.answers.set(DISCOVERY, JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}${JWKS}`, padding }));
      await unavailable(/longer than 102400 bytes/);
    });

    it("too slowly, byte by byte or not at all", async () => {
      for (const write of ["", '{"keys"']) {
        issuer.answers.set(JWKS, (response) => {
          response.writeHead(200);
          response.write(write || " ");
        });
        await unavailable(/does not answer in time/, { timeoutSeconds: 0.1 });
      }
      issuer.answers.set(JWKS, () => {});
      await unavailable(/does not answer in time/, { timeoutSeconds: 0.1 });
    });

    it("with another status, or as something that is not JSON", async () => {
      for (const status of [204, 304, 401, 404, 500]) {
        issuer.answers.set(JWKS, (response) => response.writeHead(status).end());
        await unavailable(new RegExp(`status ${status}`));
      }
      for (const text of ["", "<html>", '{"keys":[', "{}{}"]) {
        issuer.answers.set(JWKS, text);
        await unavailable(/not JSON/);
      }
    });

    for (const [what, keys, words] of [
      ["with two keys of one kid", () => [publicJwk(first), { ...publicJwk(second), kid: first.kid }], /same kid/],
      ["with private parts", () => [first.privateKey.export({ format: "jwk" })], /secret parts/],
      ["with a symmetric key", () => [publicJwk(first), { kty: "oct", k: "AAAA", kid: "x" }], /secret parts/],
      ["without a key that verifies", () => [{ ...publicJwk(first), use: "enc" }], /no key/],
      ["with keys of no object", () => [null], /not a JSON Web Key/],
      ["with a kid that is not a text", () => [{ ...publicJwk(first), kid: 1 }], /not a text/],
      ["with 101 keys", () => Array(101).fill({ kty: "x" }), /at most 100/],
    ] as [string, () => unknown[], RegExp][]) {
      it(what, async () => {
        issuer.answers.set(JWKS, JSON.stringify({ keys: keys() }));
        await unavailable(words);
        refused(
          () => make({ issuers: [{ issuer: issuer.url, keys: { keys: keys() as object[] } }] }),
          /secret/.test(words.source) ? "JWKS_PRIVATE" : "JWKS_INVALID",
        );
      });
    }

    it("with keys of unknown types and for encryption beside, which are left out", async () => {
      const keys = [{ kty: "AKP", alg: "ML-DSA-44", pub: "AA" }, { ...publicJwk(third), use: "enc" }, publicJwk(first)];
      issuer.answers.set(JWKS, JSON.stringify({ keys }));
      assert.equal(await codeOf(make(), first), "VALID");
      assert.equal(await codeOf(make(), third), "KEY_UNKNOWN");
    });

    it("with an RSA key of 1024 bits, or a point that is not on the curve", async () => {
      const weak = { ...publicJwk(third), n: "A".repeat(170) };
      issuer.answers.set(JWKS, JSON.stringify({ keys: [weak, { ...publicJwk(first), x: publicJwk(second).x }] }));
      assert.equal(await codeOf(make(), third), "SIGNATURE_INVALID");
      assert.equal(await codeOf(make(), first), "SIGNATURE_INVALID");
    });

    it("after good ones: the good ones stay for their time", async () => {
      const verifier = make();
      await verifier.ready();
      issuer.answers.set(JWKS, JSON.stringify({ keys: [] }));
      later(301);
      assert.equal(await codeOf(verifier, first), "VALID");
      assert.equal(await codeOf(verifier, second), "KEYS_UNAVAILABLE");
      assert.equal(await codeOf(verifier, first), "VALID");
    });
  });

  it("are read by the fetch of their issuer, over TLS unless on loopback", async () => {
    const seen: string[] = [];
    const verifier = make({
      issuers: [
        {
          issuer: issuer.url,
          fetch: (url, init) => {
            seen.push(`${init.method ?? "GET"} ${url} ${init.redirect}`);
            return fetch(url, init);
          },
        },
      ],
    });
    assert.equal(await codeOf(verifier, first), "VALID");
    assert.deepEqual(seen, [`GET ${issuer.url}${DISCOVERY} manual`, `GET ${issuer.url}${JWKS} manual`]);
    for (const address of ["http://issuer.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1"]) {
      refused(() => make({ issuers: [address] }), "API_URL_INSECURE");
      refused(() => make({ issuers: [{ issuer: "https://i.example.com", jwksUri: address }] }), "API_URL_INSECURE");
      refused(
        () => make({ issuers: [{ issuer: "https://i.example.com", discoveryUrl: address }] }),
        "API_URL_INSECURE",
      );
    }
  });

  it("that were given are never asked for", async () => {
    const other = await serve((_, response) => response.writeHead(500).end());
    const verifier = make({ issuers: [{ issuer: other.url, keys: { keys: [publicJwk(first)] } }] });
    assert.equal(code(await verifier.verify(token(first, { iss: other.url }))), "VALID");
    assert.equal(code(await verifier.verify(token(second, { iss: other.url }))), "KEY_UNKNOWN");
    await other.close();
  });
});
