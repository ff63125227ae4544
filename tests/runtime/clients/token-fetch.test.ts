import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { type TokenSource, tokenFetch } from "../../../runtime";
import { refused, refusedLater } from "../../helpers/refused";
import { serve } from "../support";

describe("a fetch with a token", () => {
  let service: Awaited<ReturnType<typeof serve>>;
  let seen: { path: string; method: string; token: string; body: string; extra: string | undefined }[];
  let good: string;
  let redirect: string | undefined;
  let tokens: string[];
  let fresh: (boolean | undefined)[];
  beforeEach(async () => {
    seen = [];
    fresh = [];
    good = "second";
    tokens = ["first", "second"];
    redirect = undefined;
    service = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { url: path = "", method = "", headers } = request;
      const token = (headers.authorization ?? "").replace("Bearer ", "");
      seen.push({ path, method, token, body: Buffer.concat(chunks).toString(), extra: headers["x-extra"] as string });
      if (redirect !== undefined) response.writeHead(302, { Location: redirect });
      else if (token !== good) response.writeHead(401);
      response.end("answer");
    });
  });
  afterEach(() => service.close());
  /** Gives the next token when another is asked for. */
  const source: TokenSource = {
    async get(isFresh) {
      fresh.push(isFresh);
      if (isFresh === true) tokens.shift();
      return tokens[0] ?? "none";
    },
  };
  const make = () => tokenFetch(source, { origin: `${service.url}/ignored` });

  it("sends the token, and what else is given", async () => {
    good = "first";
    const response = await make()("/private?a=b", { method: "POST", body: "x", headers: { "X-Extra": "y" } });
    assert.deepEqual([response.status, await response.text()], [200, "answer"]);
    assert.deepEqual(seen, [{ path: "/private?a=b", method: "POST", token: "first", body: "x", extra: "y" }]);
  });

  it("sends a request once more on 401, with a token that is read again", async () => {
    for (const body of ["x", Buffer.from("x"), new URLSearchParams("x"), new Blob(["x"])]) {
      seen.length = 0;
      tokens = ["first", "second"];
      const response = await make()("/private", { method: "POST", body });
      assert.equal(response.status, 200);
      assert.deepEqual(
        seen.map(({ token, body: sent }) => [token, sent.replace("=", "")]),
        [
          ["first", "x"],
          ["second", "x"],
        ],
      );
    }
    assert.deepEqual(fresh.slice(0, 2), [false, true]);
  });

  it("sends it once more only, and hands on the second 401", async () => {
    good = "third";
    const response = await make()("/private");
    assert.deepEqual([response.status, seen.length], [401, 2]);
  });

  it("does not repeat other refusals, nor a body that is a stream", async () => {
    const status = (code: number) =>
      tokenFetch(source, { origin: service.url, fetch: async () => new Response(null, { status: code }) });
    for (const code of [400, 403, 404, 500, 503]) {
      fresh.length = 0;
      assert.equal((await status(code)("/")).status, code);
      assert.deepEqual(fresh, [false]);
    }
    for (const body of [Readable.toWeb(Readable.from(["x"])), Readable.from(["x"])]) {
      seen.length = 0;
      tokens = ["first", "second"];
      const init = { method: "POST", body: body as ReadableStream, duplex: "half" };
      assert.equal((await make()("/private", init as RequestInit)).status, 401);
      assert.equal(seen.length, 1);
    }
  });

  it("sends nothing to another origin", async () => {
    const other = await serve((_, response) => response.end(assert.fail("a request was sent")));
    try {
      for (const url of [
        other.url,
        other.url.replace("http", "https"),
        "//attacker.example.com/x",
        "https://a.com",
        "data:,x",
      ]) {
        await refusedLater(make()(url), "ORIGIN_FOREIGN");
        await refusedLater(make()(new URL(url, service.url)), "ORIGIN_FOREIGN");
      }
      assert.deepEqual(fresh, []);
      // Backslashes and credentials are part of URLs too.
      await refusedLater(make()("\\\\attacker.example.com\\x"), "ORIGIN_FOREIGN");
      await refusedLater(make()(`${service.url}@attacker.example.com/`), "ORIGIN_FOREIGN");
    } finally {
      await other.close();
    }
  });

  it("follows no redirect, of its own service neither", async () => {
    const other = await serve((_, response) => response.end(assert.fail("the token was sent")));
    try {
      for (const location of [`${other.url}/x`, "/elsewhere"]) {
        seen.length = 0;
        redirect = location;
        const response = await make()("/private", { redirect: "follow" });
        assert.deepEqual([response.status, response.headers.get("location")], [302, location]);
        assert.equal(seen.length, 1);
      }
    } finally {
      await other.close();
    }
  });

  it("is made for TLS, or loopback", () => {
    refused(() => tokenFetch(source, { origin: "http://orders.example.com" }), "API_URL_INSECURE", "origin");
    refused(() => tokenFetch(source, { origin: "orders" }), "API_URL_INVALID", "origin");
  });
});
