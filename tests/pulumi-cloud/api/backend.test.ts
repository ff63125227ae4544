import assert from "node:assert/strict";
import {
  accessTokenFor,
  DEFAULT_API_URL,
  defaultApiUrl,
  normalApiUrl,
  type Surroundings,
} from "../../../pulumi-cloud/api/backend";
import { refused } from "../../helpers/refused";

/** A process with this environment and these files; its home is /home/ada. */
function surroundings(env: Record<string, string> = {}, files: Record<string, unknown> = {}): Surroundings {
  const texts = Object.entries(files).map(([path, value]) => [
    path,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const contents: Record<string, string> = Object.fromEntries(texts);
  return { env: { HOME: "/home/ada", ...env }, readFile: (path) => contents[path] };
}

const STORED = "/home/ada/.pulumi/credentials.json";
const OTHER = "https://pulumi.acme.internal";

/** Made by `securestore.Seal` of pulumi/pulumi sdk v3.259.0 (go/common/util/securestore/envelope.go), with a key of zeros. */
const ENCRYPTED = `{
    "$pulumiSecureStore": 1,
    "backend": "linux-secretservice",
    "algo": "aes-256-gcm",
    "nonce": "uXGZUZc+AvcihN7t",
    "data": "aXeuWem3Wl0O1cQcwZiImWdgmMyPKQ0B+XnX7CRe07mcEvTVOA0e+A6zeyOM1JrKFiQfAt8SfhHgFpfJ8LkShGQ7u5QmILcEp5Cl+XM9eXFByOzAzbt1ABhA0fUTX79+FcMDDKE7DQrE/PNe0B0ufE3ymWWZPf5pmaGqCh10TYHLLrg="
}`;

describe("pulumi-cloud/api/backend", () => {
  describe("address", () => {
    const login = { [STORED]: { current: OTHER } };
    const cases: [string, Surroundings, string][] = [
      ["the public service", surroundings(), DEFAULT_API_URL],
      ["the stored login", surroundings({}, login), OTHER],
      [
        "PULUMI_BACKEND_URL before all",
        surroundings({ PULUMI_BACKEND_URL: "https://a", PULUMI_API: "https://b" }, login),
        "https://a",
      ],
      [
        "PULUMI_API before the stored login",
        surroundings({ PULUMI_API: "http://127.0.0.1:1" }, login),
        "http://127.0.0.1:1",
      ],
      ["nothing that is a file", surroundings({ PULUMI_BACKEND_URL: "file://~", PULUMI_API: "s3://b" }, login), OTHER],
      ["nothing empty", surroundings({ PULUMI_BACKEND_URL: "" }, login), OTHER],
      [
        "PULUMI_HOME's login",
        surroundings({ PULUMI_HOME: "/p" }, { "/p/credentials.json": { current: OTHER } }),
        OTHER,
      ],
      [
        "PULUMI_CREDENTIALS_PATH's login before that",
        surroundings(
          { PULUMI_CREDENTIALS_PATH: "/c", PULUMI_HOME: "/p" },
          {
            "/c/credentials.json": { current: OTHER },
            "/p/credentials.json": { current: "https://home" },
          },
        ),
        OTHER,
      ],
      ["home where both are empty", surroundings({ PULUMI_CREDENTIALS_PATH: "", PULUMI_HOME: "" }, login), OTHER],
    ];
    for (const [what, where, url] of cases) {
      it(`is ${what}`, () => assert.equal(defaultApiUrl(where), url));
    }
  });

  describe("token", () => {
    const both = {
      [STORED]: {
        current: DEFAULT_API_URL,
        accessTokens: { [DEFAULT_API_URL]: "stored-default", "https://old.internal/": "stored-old" },
        accounts: { [OTHER]: { accessToken: "stored-other" }, "not an address": { accessToken: "x" } },
      },
    };

    it("is PULUMI_ACCESS_TOKEN for the default address only", () => {
      const env = { PULUMI_ACCESS_TOKEN: "from-env" };
      assert.equal(accessTokenFor(DEFAULT_API_URL, surroundings(env)), "from-env");
      assert.equal(accessTokenFor(`${DEFAULT_API_URL}/`, surroundings(env)), "from-env");
      assert.equal(accessTokenFor(DEFAULT_API_URL, surroundings(env, both)), "from-env");
      assert.equal(accessTokenFor(OTHER, surroundings(env, both)), "stored-other");
      for (const near of [
        OTHER,
        "https://api.pulumi.com.evil.com",
        "http://127.0.0.1:8080",
        "https://api.pulumi.com:8443",
      ]) {
        refused(() => accessTokenFor(near, surroundings(env)), "TOKEN_FOR_OTHER_API", "apiUrl");
      }
    });

    it("goes nowhere unencrypted but to this machine [A25]", () => {
      const at = (url: string) => {
        const own = surroundings({ PULUMI_ACCESS_TOKEN: "from-env", PULUMI_BACKEND_URL: url });
        return accessTokenFor(url, own);
      };
      const near = ["localhost.example.com", "127.0.0.1.example.com", "10.0.0.1", "[::2]", "0.0.0.0"];
      for (const host of ["api.pulumi.com", "pulumi-api.pulumi.svc", ...near]) {
        refused(() => at(`http://${host}`), "API_URL_INSECURE", "apiUrl", "https");
        assert.equal(at(`https://${host}`), "from-env");
      }
      for (const host of ["localhost:8080", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080"]) {
        assert.equal(at(`http://${host}`), "from-env");
      }
    });

    it("is PULUMI_ACCESS_TOKEN for the address that the environment or the login names", () => {
      const env = { PULUMI_ACCESS_TOKEN: "from-env", PULUMI_BACKEND_URL: OTHER };
      assert.equal(accessTokenFor(OTHER, surroundings(env)), "from-env");
      refused(() => accessTokenFor(DEFAULT_API_URL, surroundings(env)), "TOKEN_FOR_OTHER_API");
      const login = surroundings({ PULUMI_ACCESS_TOKEN: "from-env" }, { [STORED]: { current: OTHER } });
      assert.equal(accessTokenFor(OTHER, login), "from-env");
      refused(() => accessTokenFor(DEFAULT_API_URL, login), "TOKEN_FOR_OTHER_API");
    });

    it("is the stored one of the same origin, and no other's", () => {
      assert.equal(accessTokenFor(DEFAULT_API_URL, surroundings({}, both)), "stored-default");
      assert.equal(accessTokenFor("https://old.internal", surroundings({}, both)), "stored-old");
      refused(() => accessTokenFor("https://old.internal:444", surroundings({}, both)), "NOT_LOGGED_IN", "apiUrl");
      refused(() => accessTokenFor("https://third.internal", surroundings({}, both)), "NOT_LOGGED_IN");
    });

    it("is missing when nobody is logged in", () => {
      refused(() => accessTokenFor(DEFAULT_API_URL, surroundings()), "NOT_LOGGED_IN", "apiUrl");
      refused(() => accessTokenFor(DEFAULT_API_URL, surroundings({ PULUMI_ACCESS_TOKEN: "" })), "NOT_LOGGED_IN");
      const empty = { [STORED]: { accessTokens: { [DEFAULT_API_URL]: "" } } };
      refused(() => accessTokenFor(DEFAULT_API_URL, surroundings({}, empty)), "NOT_LOGGED_IN");
    });

    it("tells no token in its errors", () => {
      assert.throws(
        () => accessTokenFor(OTHER, surroundings({ PULUMI_ACCESS_TOKEN: "pul-secret" })),
        (error: Error) => !error.message.includes("pul-secret"),
      );
    });
  });

  describe("an encrypted login [0.3]", () => {
    const encrypted = { [STORED]: ENCRYPTED };

    it("is never taken for no login: what it would have said is not guessed", () => {
      const cases: Record<string, string>[] = [{}, { PULUMI_ACCESS_TOKEN: "t" }, { PULUMI_BACKEND_URL: "s3://state" }];
      for (const env of cases) {
        refused(() => defaultApiUrl(surroundings(env, encrypted)), "LOGIN_ENCRYPTED", STORED);
        refused(() => accessTokenFor(OTHER, surroundings(env, encrypted)), "LOGIN_ENCRYPTED", STORED);
      }
    });

    it("says what to do, for the address in question where there is one", () => {
      assert.throws(
        () => accessTokenFor(OTHER, surroundings({ PULUMI_API: DEFAULT_API_URL }, encrypted)),
        /Fix: run 'PULUMI_CREDENTIAL_STORE=plaintext pulumi login https:\/\/pulumi\.acme\.internal'$/,
      );
      assert.throws(
        () => accessTokenFor(OTHER, surroundings({ PULUMI_API: OTHER }, encrypted)),
        /Fix: set PULUMI_ACCESS_TOKEN, or run 'PULUMI_CREDENTIAL_STORE=plaintext pulumi login https:.*'$/,
      );
      assert.throws(
        () => defaultApiUrl(surroundings({}, encrypted)),
        /Fix: set PULUMI_API and PULUMI_ACCESS_TOKEN, or run 'PULUMI_CREDENTIAL_STORE=plaintext pulumi login'$/,
      );
    });

    it("is not read where the environment says what is needed, as the engine does for its plugins", () => {
      const injected = surroundings({ PULUMI_API: OTHER, PULUMI_ACCESS_TOKEN: "from-engine" }, encrypted);
      assert.equal(defaultApiUrl(injected), OTHER);
      assert.equal(accessTokenFor(OTHER, injected), "from-engine");
      assert.equal(defaultApiUrl(surroundings({ PULUMI_BACKEND_URL: OTHER }, encrypted)), OTHER);
    });

    it("is one of a later format too, and not a file that only looks like it", () => {
      const later = { $pulumiSecureStore: 2 };
      refused(() => defaultApiUrl(surroundings({}, { [STORED]: later })), "LOGIN_ENCRYPTED");
      const near = [
        { $pulumiSecureStore: null, current: OTHER },
        { pulumiSecureStore: 1, current: OTHER },
      ];
      for (const file of near) assert.equal(defaultApiUrl(surroundings({}, { [STORED]: file })), OTHER);
    });
  });

  for (const malformed of [
    "",
    "{",
    "null",
    "7",
    "[]",
    { current: 7 },
    { current: "https://" },
    { accounts: { [DEFAULT_API_URL]: null } },
    { accessTokens: { [DEFAULT_API_URL]: { nested: true } } },
    { accessTokens: null, accounts: "x" },
  ]) {
    it(`takes credentials.json of ${JSON.stringify(malformed)} for no login`, () => {
      const files = { [STORED]: malformed };
      assert.equal(defaultApiUrl(surroundings({}, files)), DEFAULT_API_URL);
      refused(() => accessTokenFor(DEFAULT_API_URL, surroundings({}, files)), "NOT_LOGGED_IN");
    });
  }

  it("refuses what is no http address", () => {
    for (const url of ["", "api.pulumi.com", "file:///tmp", "httpsx://a", "https://"]) {
      refused(() => accessTokenFor(url, surroundings({ PULUMI_ACCESS_TOKEN: "t" })), "API_URL_INVALID", "apiUrl");
    }
  });

  describe("normal address", () => {
    const same = ["https://api.example.com", "https://api.example.com/", "https://API.example.com:443//"];
    it("writes one address in one way [A18]", () => {
      assert.deepEqual(same.map(normalApiUrl), Array(3).fill("https://api.example.com"));
      assert.equal(normalApiUrl("https://api.example.com/pulumi/"), "https://api.example.com/pulumi");
    });

    it("keeps another port, path or scheme apart, and what is no address as it is", () => {
      for (const url of ["https://api.example.com:8443", "https://api.example.com/Pulumi", "http://api.example.com"]) {
        assert.equal(normalApiUrl(url), url);
      }
      assert.equal(normalApiUrl("api.example.com/"), "api.example.com/");
    });
  });
});
