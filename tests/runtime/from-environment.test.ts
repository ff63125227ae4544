import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KubernetesApi, type Verdict, verifierFromEnvironment } from "../../runtime";
import { GOOGLE_ISSUER, type VerifierDocument, verifierDocument } from "../../trust/parties/service";
import { createSigningKey, publicJwk, type SigningKey } from "../helpers/issuer";
import { refused } from "../helpers/refused";
import { AUDIENCE, NOW, podClaims, serve, signed, startIssuer } from "./support";

const VARIABLE = "OIDC_RUNNER_VERIFIER_FILE";
const code = (verdict: Verdict) => (verdict.valid ? "VALID" : verdict.code);

describe("a verifier from the environment", () => {
  const directory = mkdtempSync(join(tmpdir(), "verifier-"));
  const file = join(directory, "verifier.json");
  const write = (document: unknown) => writeFileSync(file, JSON.stringify(document));
  const log = () => {};
  let key: SigningKey;
  before(async () => {
    key = await createSigningKey("ES256");
  });
  beforeEach(() => {
    process.env[VARIABLE] = file;
  });
  afterEach(() => {
    delete process.env[VARIABLE];
  });
  after(() => rmSync(directory, { recursive: true }));

  /** An API server: it gives its keys as a key set alone, as the real one does, and takes tokens until it is told otherwise. */
  async function apiServer() {
    const asked: string[] = [];
    const state = { authenticated: true };
    const server = await serve(async (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url === "/openid/v1/jwks") {
        const takes = /application\/jwk-set\+json|\*\/\*/.test(request.headers.accept ?? "*/*");
        response.writeHead(takes ? 200 : 406, { "content-type": "application/jwk-set+json" });
        response.end(takes ? JSON.stringify({ keys: [publicJwk(key)] }) : "");
      } else {
        const user = { username: "system:serviceaccount:shop:checkout" };
        response.writeHead(201).end(JSON.stringify({ status: { ...state, audiences: [AUDIENCE], user } }));
      }
    });
    const api: KubernetesApi = { url: server.url, fetch: (url, init) => fetch(url, init) };
    return { ...server, api, asked, state };
  }

  it("accepts the callers that the component was given, and no others", async () => {
    const issuer = await startIssuer(key);
    try {
      const cluster = { issuer: issuer.url, allow: [{ namespace: "shop", serviceAccountName: "checkout" }] };
      write(verifierDocument({ audience: AUDIENCE, cluster }));
      const verifier = verifierFromEnvironment({ clock: () => NOW, log });
      const verdict = async (changes: object) =>
        code(await verifier.verify(signed(key, podClaims({ iss: issuer.url, ...changes }))));
      assert.equal(await verdict({}), "VALID");
      assert.equal(await verdict({ sub: "system:serviceaccount:shop:cart" }), "NOT_ALLOWED");
      assert.equal(await verdict({ sub: "system:serviceaccount:shop2:checkout" }), "NOT_ALLOWED");
      assert.equal(await verdict({ aud: ["https://other.example.com"] }), "AUDIENCE_REFUSED");
      assert.equal(await verdict({ iss: "https://other.example.com" }), "ISSUER_REFUSED");
    } finally {
      await issuer.close();
    }
  });

  it("accepts Google's tokens of the given accounts, with an email that Google has verified", async () => {
    const issuer = await startIssuer(key);
    try {
      issuer.answers.set("/google", JSON.stringify({ issuer: GOOGLE_ISSUER, jwks_uri: `${issuer.url}/keys` }));
      const email = "gke-gsa@acme-prod.iam.gserviceaccount.com";
      const google = { serviceAccountEmails: [email], discoveryUrl: `${issuer.url}/google` };
      write(verifierDocument({ audience: AUDIENCE, google }));
      const verifier = verifierFromEnvironment({ clock: () => NOW, log });
      const verdict = async (claims: object) => {
        const { exp, iat } = podClaims();
        const all = { iss: GOOGLE_ISSUER, aud: AUDIENCE, sub: "1", email, email_verified: true, exp, iat, ...claims };
        return code(await verifier.verify(signed(key, all)));
      };
      assert.equal(await verdict({}), "VALID");
      assert.equal(await verdict({ email: "gke-gsa2@acme-prod.iam.gserviceaccount.com" }), "NOT_ALLOWED");
      assert.equal(await verdict({ email: email.replace("acme-prod", "acme-pro") }), "NOT_ALLOWED");
      assert.equal(await verdict({ email_verified: false }), "NOT_ALLOWED");
      assert.equal(await verdict({ email: undefined, sub: email }), "NOT_ALLOWED");
    } finally {
      await issuer.close();
    }
  });

  it("reads keys from the API server and has it review tokens, where it is asked to", async () => {
    const { api, asked, state, close } = await apiServer();
    try {
      const issuer = "https://kubernetes.default.svc.cluster.local";
      const cluster = { issuer, jwksFromApiServer: true, tokenReview: {}, allow: [{ namespace: "shop" }] };
      write(verifierDocument({ audience: AUDIENCE, cluster }));
      const verifier = verifierFromEnvironment({ clock: () => NOW, api, log });
      await verifier.ready();
      const token = signed(key, podClaims({ iss: issuer }));
      assert.equal(code(await verifier.verify(token)), "VALID");
      assert.deepEqual(asked, ["GET /openid/v1/jwks", "POST /apis/authentication.k8s.io/v1/tokenreviews"]);
      state.authenticated = false;
      assert.equal(code(await verifier.verify(token)), "REVIEW_REFUSED");
    } finally {
      await close();
    }
  });

  it("takes a file that was written by hand", async () => {
    const other = join(directory, "other.json");
    const document: VerifierDocument = {
      issuers: [{ issuer: "https://kubernetes.example.com" }],
      audience: AUDIENCE,
      allow: [{ namespace: "shop" }],
    };
    writeFileSync(other, JSON.stringify(document));
    delete process.env[VARIABLE];
    const verdict = await verifierFromEnvironment({ file: other, log }).verify("x");
    assert.equal(code(verdict), "MALFORMED");
  });

  it("says what is missing, and fails closed", () => {
    delete process.env[VARIABLE];
    refused(() => verifierFromEnvironment(), "OPTION_MISSING", VARIABLE);
    process.env[VARIABLE] = "";
    refused(() => verifierFromEnvironment(), "OPTION_MISSING", VARIABLE);
    refused(() => verifierFromEnvironment({ file: join(directory, "none") }), "INPUT_INVALID");
    for (const text of ["", "{", "null", "[]", '{"issuers":{}}']) {
      writeFileSync(file, text);
      refused(() => verifierFromEnvironment({ file }), "INPUT_INVALID", file);
    }
    write({ issuers: [], audience: AUDIENCE, allow: [] });
    refused(() => verifierFromEnvironment({ file }), "OPTION_MISSING");
    write({ issuers: [{ issuer: "https://kubernetes.example.com" }], audience: AUDIENCE });
    refused(() => verifierFromEnvironment({ file }), "OPTION_MISSING", "allow");
    write({ issuers: [{ issuer: "https://kubernetes.example.com" }], allow: [{ namespace: "shop" }] });
    refused(() => verifierFromEnvironment({ file }), "OPTION_MISSING", "audience");
  });
});
