import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { googleIdToken } from "../../../runtime";
import { createSigningKey, type SigningKey } from "../../helpers/issuer";
import { refusedLater } from "../../helpers/refused";
import { AUDIENCE, NOW, podClaims, serve, signed } from "../support";

describe("Google's identity tokens", () => {
  let key: SigningKey;
  let server: Awaited<ReturnType<typeof serve>>;
  let paths: string[];
  let answer: (response: ServerResponse) => void;
  let waits: number[];
  let now: number;
  let count: number;
  before(async () => {
    key = await createSigningKey("RS256");
  });
  beforeEach(async () => {
    paths = [];
    waits = [];
    now = NOW;
    count = 0;
    answer = (response) => {
      count += 1;
      response.setHeader("Metadata-Flavor", "Google");
      response.end(signed(key, podClaims({ aud: AUDIENCE, exp: now / 1000 + 3600, jti: count })));
    };
    server = await serve((request, response) => {
      assert.equal(request.headers["metadata-flavor"], "Google");
      paths.push(request.url ?? "");
      answer(response);
    });
  });
  afterEach(() => server.close());
  const make = () =>
    googleIdToken({
      audience: `${AUDIENCE}/?a=b&c`,
      metadataHost: server.url.replace("http://", ""),
      clock: () => now,
      sleep: async (ms) => waits.push(ms),
    });

  it("come from the metadata server, with audience and format", async () => {
    assert.equal((await make().get()).split(".").length, 3);
    const [path = ""] = paths;
    assert.match(path, /^\/computeMetadata\/v1\/instance\/service-accounts\/default\/identity\?/);
    assert.deepEqual(Object.fromEntries(new URL(path, server.url).searchParams), {
      audience: `${AUDIENCE}/?a=b&c`,
      format: "full",
    });
  });

  it("are remembered until 5 minutes before they expire, and asked for once by many callers", async () => {
    const source = make();
    const tokens = await Promise.all(Array.from({ length: 10 }, () => source.get()));
    assert.deepEqual([new Set(tokens).size, paths.length], [1, 1]);
    now = NOW + 3_299_999;
    assert.equal(await source.get(), tokens[0]);
    assert.equal(paths.length, 1);
    now = NOW + 3_300_000;
    assert.equal(await source.get(), tokens[0], "it serves while it is renewed");
    while ((await source.get()) === tokens[0]) await new Promise(setImmediate);
    assert.equal(paths.length, 2);
    assert.notEqual(await source.get(true), tokens[0]);
    assert.equal(paths.length, 3);
  });

  it("still serve when their renewal fails, until they expire", async () => {
    const source = make();
    const token = await source.get();
    answer = (response) => response.writeHead(500).end();
    now = NOW + 3_599_999;
    assert.equal(await source.get(), token);
    now = NOW + 3_600_000;
    await refusedLater(source.get(), "METADATA_UNAVAILABLE");
  });

  it("are waited for while the metadata server of a new pod is not ready", async () => {
    const ready = answer;
    answer = (response) => {
      if (paths.length > 3) ready(response);
      else if (paths.length === 2) response.socket?.destroy();
      else response.writeHead(503).end();
    };
    assert.ok(await make().get());
    assert.deepEqual(waits, [200, 500, 1000]);
  });

  it("are given up at once when the server refuses, and after 6 attempts else", async () => {
    answer = (response) => response.writeHead(404).end();
    await refusedLater(make().get(), "METADATA_UNAVAILABLE");
    assert.equal(paths.length, 1);
    answer = (response) => response.end("<html>");
    await refusedLater(make().get(), "METADATA_UNAVAILABLE");
    assert.equal(paths.length, 7);
  });

  it("are none of a server that is not Google's, or of what is not a token", async () => {
    for (const text of ["no-token", "a.b.c", signed(key, podClaims({ exp: undefined })), "x".repeat(20_000)]) {
      answer = (response) => response.setHeader("Metadata-Flavor", "Google").end(text);
      const error = await refusedLater(make().get(), "METADATA_UNAVAILABLE");
      assert.ok(!error.message.includes(text));
    }
    answer = (response) => response.end(signed(key, podClaims()));
    await refusedLater(make().get(), "METADATA_UNAVAILABLE");
  });

  it("are asked for where GCE_METADATA_HOST says", async () => {
    process.env.GCE_METADATA_HOST = server.url.replace("http://", "");
    try {
      assert.ok(await googleIdToken({ audience: AUDIENCE, clock: () => now }).get());
    } finally {
      delete process.env.GCE_METADATA_HOST;
    }
  });
});
