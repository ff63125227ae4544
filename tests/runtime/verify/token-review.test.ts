import assert from "node:assert/strict";
import { createVerifier, type Verdict } from "../../../runtime";
import { createSigningKey, publicJwk, type SigningKey } from "../../helpers/issuer";
import { refused } from "../../helpers/refused";
import { AUDIENCE, ISSUER, NOW, podClaims, serve, signed } from "../support";

const SUBJECT = "system:serviceaccount:shop:checkout";

describe("a review by the API server", () => {
  let key: SigningKey;
  let status: object | undefined;
  let reviews: { token: string; audiences: string[] }[];
  let server: Awaited<ReturnType<typeof serve>>;
  let answerWith: number;
  let now: number;
  before(async () => {
    key = await createSigningKey("ES256");
  });
  beforeEach(async () => {
    now = NOW;
    reviews = [];
    answerWith = 201;
    status = { authenticated: true, audiences: [AUDIENCE], user: { username: SUBJECT } };
    server = await serve(async (request, response) => {
      assert.equal(`${request.method} ${request.url}`, "POST /apis/authentication.k8s.io/v1/tokenreviews");
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { kind: string; spec: (typeof reviews)[0] };
      assert.equal(body.kind, "TokenReview");
      reviews.push(body.spec);
      response.writeHead(answerWith).end(JSON.stringify({ ...body, status }));
    });
  });
  afterEach(() => server.close());

  const make = (cacheSeconds?: number) =>
    createVerifier({
      issuers: [
        {
          issuer: ISSUER,
          keys: { keys: [publicJwk(key)] },
          tokenReview: { apiServer: server.url, fetch: (url, init) => fetch(url, init), cacheSeconds },
        },
      ],
      audience: [AUDIENCE, "second"],
      allow: [{ namespace: "shop" }],
      clock: () => now,
    });
  const code = (verdict: Verdict) => (verdict.valid ? "VALID" : verdict.code);

  it("refuses the token of a deleted pod, the request after", async () => {
    const verifier = make();
    const token = signed(key, podClaims());
    assert.equal(code(await verifier.verify(token)), "VALID");
    assert.deepEqual(reviews, [{ token, audiences: [AUDIENCE, "second"] }]);
    status = { authenticated: false, error: "[invalid bearer token, service account token has been invalidated]" };
    const verdict = await verifier.verify(token);
    assert.equal(code(verdict), "REVIEW_REFUSED");
    assert.equal(verdict.valid === false && verdict.identity?.subject, SUBJECT);
  });

  it("is remembered only for as long as is asked", async () => {
    const verifier = make(10);
    const token = signed(key, podClaims());
    for (let round = 0; round < 3; round++) assert.equal(code(await verifier.verify(token)), "VALID");
    assert.equal(reviews.length, 1);
    status = { authenticated: false };
    now = NOW + 9_999;
    assert.equal(code(await verifier.verify(token)), "VALID");
    now = NOW + 10_000;
    assert.equal(code(await verifier.verify(token)), "REVIEW_REFUSED");
  });

  it("is not asked for what is refused without it", async () => {
    const verifier = make();
    const other = await createSigningKey("ES256");
    for (const token of [
      signed(key, podClaims({ aud: "other" })),
      signed(key, podClaims({ exp: 1 })),
      signed({ ...other, kid: key.kid }, podClaims()),
      signed(key, podClaims({ sub: "system:serviceaccount:other:checkout" })),
    ]) {
      assert.equal((await verifier.verify(token)).valid, false);
    }
    assert.deepEqual(reviews, []);
  });

  it("must name one of the audiences and the same account", async () => {
    for (const answer of [
      { authenticated: true, user: { username: SUBJECT } },
      { authenticated: true, audiences: [], user: { username: SUBJECT } },
      { authenticated: true, audiences: ["https://kubernetes.default.svc"], user: { username: SUBJECT } },
      { authenticated: true, audiences: [AUDIENCE], user: { username: `${SUBJECT}2` } },
      { authenticated: true, audiences: [AUDIENCE] },
      { authenticated: "true", audiences: [AUDIENCE], user: { username: SUBJECT } },
      {},
    ]) {
      status = answer;
      assert.equal(code(await make().verify(signed(key, podClaims()))), "REVIEW_REFUSED", JSON.stringify(answer));
    }
  });

  it("fails closed when the API server refuses, is down or answers otherwise", async () => {
    for (const answer of [200, 401, 403, 404, 429, 500, 307]) {
      answerWith = answer;
      assert.equal(
        code(await make().verify(signed(key, podClaims()))),
        answer === 200 ? "VALID" : "REVIEW_UNAVAILABLE",
      );
    }
    answerWith = 201;
    status = undefined;
    assert.equal(code(await make().verify(signed(key, podClaims()))), "REVIEW_UNAVAILABLE");
    await server.close();
    const verdict = await make().verify(signed(key, podClaims()));
    assert.equal(code(verdict), "REVIEW_UNAVAILABLE");
    assert.match(verdict.valid ? "" : verdict.message, /ECONNREFUSED|closed/);
  });

  it("is asked for over TLS only", () => {
    const tokenReview = { apiServer: "http://10.96.0.1", fetch: globalThis.fetch };
    refused(
      () => createVerifier({ issuers: [{ issuer: ISSUER, tokenReview }], audience: AUDIENCE, allow: "any" }),
      "API_URL_INSECURE",
      "issuers[0].tokenReview.apiServer",
    );
  });
});
