import assert from "node:assert/strict";
import { type AccessToken, pulumiAccessToken, type TokenSource } from "../../../runtime";
import { refused, refusedLater } from "../../helpers/refused";
import { NOW, serve } from "../support";

describe("access tokens of Pulumi Cloud", () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let bodies: Record<string, string>[];
  let answer: { status: number; body: unknown };
  let now: number;
  let gate: Promise<void> | undefined;
  const subjectToken: TokenSource = { get: async () => "a.subject.token" };
  beforeEach(async () => {
    bodies = [];
    now = NOW;
    gate = undefined;
    answer = { status: 200, body: undefined };
    server = await serve(async (request, response) => {
      assert.equal(`${request.method} ${request.url}`, "POST /api/oauth/token");
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      bodies.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())));
      await gate;
      const body = answer.body ?? { access_token: `pul-${bodies.length}`, expires_in: 7200, token_type: "token" };
      response.writeHead(answer.status).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  afterEach(() => server.close());
  const make = (accessToken: AccessToken = { organization: {} }, changes: object = {}) =>
    pulumiAccessToken({
      organization: "acme",
      accessToken,
      subjectToken,
      apiUrl: `${server.url}/`,
      clock: () => now,
      ...changes,
    });

  it("are exchanged for the subject token, with the parameters of each kind", async () => {
    for (const [block, type, scope] of [
      [{ organization: {} }, "organization", ""],
      [{ organization: { admin: true } }, "organization", "admin"],
      [{ team: { name: "platform" } }, "team", "team:platform"],
      [{ personal: { user: "ann" } }, "personal", "user:ann"],
      [{ runner: { pool: "pool" } }, "runner", "runner:pool"],
    ] as const) {
      bodies.length = 0;
      assert.equal(await make(block, { expirationSeconds: 900 }).get(), "pul-1");
      assert.deepEqual(bodies, [
        {
          grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
          subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
          requested_token_type: `urn:pulumi:token-type:access_token:${type}`,
          audience: "urn:pulumi:org:acme",
          expiration: "900",
          scope,
          subject_token: "a.subject.token",
        },
      ]);
    }
  });

  it("are exchanged once for callers that come together", async () => {
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const source = make();
    const tokens = Promise.all(Array.from({ length: 50 }, () => source.get()));
    open();
    assert.deepEqual([new Set(await tokens).size, bodies.length], [1, 1]);
  });

  /** Waits for a renewal that was begun. */
  const exchanges = async (count: number) => {
    while (bodies.length < count) await new Promise(setImmediate);
  };

  it("are renewed ahead of expiry, once, and serve meanwhile, also when that fails", async () => {
    const source = make();
    assert.equal(await source.get(), "pul-1");
    now = NOW + 6_479_999;
    assert.equal(await source.get(), "pul-1");
    assert.equal(bodies.length, 1);
    answer = { status: 503, body: {} };
    now = NOW + 6_480_000;
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 20 }, () => source.get()))), new Set(["pul-1"]));
    await exchanges(2);
    answer = { status: 200, body: undefined };
    now += 4_999;
    // Not sooner than 5 seconds after one that failed.
    for (let round = 0; round < 50; round++) assert.equal(await source.get(), "pul-1");
    assert.equal(bodies.length, 2);
    now += 1;
    while ((await source.get()) === "pul-1") await new Promise(setImmediate);
    assert.deepEqual([await source.get(), bodies.length], ["pul-3", 3]);
    answer = { status: 503, body: {} };
    now += 7_200_000;
    await refusedLater(source.get(), "EXCHANGE_UNAVAILABLE");
  });

  it("are exchanged again when they were refused", async () => {
    const source = make();
    assert.equal(await source.get(), "pul-1");
    assert.equal(await source.get(true), "pul-2");
    assert.equal(await source.get(), "pul-2");
  });

  it("are renewed at half of a short life", async () => {
    answer = { status: 200, body: { access_token: "pul-short", expires_in: 60 } };
    const source = make();
    await source.get();
    now = NOW + 29_999;
    await source.get();
    assert.equal(bodies.length, 1);
    now = NOW + 30_000;
    await source.get();
    await exchanges(2);
  });

  it("are refused with the service's words, and never with the subject token", async () => {
    answer = { status: 400, body: { error: "invalid_grant", error_description: "token\u001b is expired" } };
    const error = await refusedLater(make().get(), "EXCHANGE_REFUSED");
    assert.match(error.message, /invalid_grant: token\\u001b is expired/);
    assert.ok(!error.message.includes("a.subject.token"));
    answer = { status: 403, body: "" };
    assert.match((await refusedLater(make().get(), "EXCHANGE_REFUSED")).message, /status 403/);
  });

  it("are none of an answer that is not an exchange's", async () => {
    for (const body of [
      "",
      "<html>",
      "[]",
      "{}",
      { access_token: "" },
      { access_token: "pul-x" },
      { access_token: "x", expires_in: -1 },
    ]) {
      answer = { status: 200, body };
      await refusedLater(make().get(), "EXCHANGE_UNAVAILABLE");
    }
    for (const status of [307, 429, 500, 502]) {
      answer = { status, body: {} };
      await refusedLater(make().get(), "EXCHANGE_UNAVAILABLE");
    }
    answer = { status: 200, body: "x".repeat(70_000) };
    await refusedLater(make().get(), "EXCHANGE_UNAVAILABLE");
    await server.close();
    assert.match((await refusedLater(make().get(), "EXCHANGE_UNAVAILABLE")).message, /ECONNREFUSED|closed/);
  });

  it("are asked for only where that makes sense", () => {
    for (const [changes, code] of [
      [{ organization: "" }, "ORGANIZATION_EMPTY"],
      [{ organization: "a.b" }, "ORGANIZATION_INVALID"],
      [{ accessToken: {} }, "OPTION_MISSING"],
      [{ accessToken: { organization: {}, team: { name: "x" } } }, "OPTION_CONFLICT"],
      [{ accessToken: { team: { name: "*" } } }, "TOKEN_OWNER_WILDCARD"],
      [{ expirationSeconds: 1.5 }, "EXPIRATION_INVALID"],
      [{ apiUrl: "http://api.example.com" }, "API_URL_INSECURE"],
    ] as const) {
      refused(() => make(undefined, changes), code);
    }
  });
});
