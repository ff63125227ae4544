import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudClient } from "../../../pulumi-cloud/api/client";
import { CloudApiError } from "../../../pulumi-cloud/api/errors";
import { DEFAULT_DENY } from "../../helpers/default-deny";
import { assertUserError, refusedLater } from "../../helpers/refused";

const ISSUER = { id: "one", name: "n", url: "https://i", issuer: "https://i" };
const POLICY = { id: "p", version: 1, policies: [DEFAULT_DENY] };

interface Seen {
  request: string;
  headers: IncomingMessage["headers"];
  body: string;
}

describe("pulumi-cloud/api/client", () => {
  let server: Server;
  let apiUrl: string;
  let seen: Seen[];
  let answer: (response: ServerResponse) => void;

  before(async () => {
    server = createServer(async (request, response) => {
      const body = (await request.toArray()).join("");
      seen.push({ request: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    seen = [];
    answer = json(ISSUER);
  });

  const json =
    (value: unknown, status = 200) =>
    (response: ServerResponse) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  const text = (value: string, status: number) => (response: ServerResponse) => response.writeHead(status).end(value);
  const client = (options: Partial<ConstructorParameters<typeof CloudClient>[0]> = {}) =>
    new CloudClient({ apiUrl, organization: "acme", accessToken: "pul-secret", fetch, ...options });

  it("lists those that tokens can be for page by page", async () => {
    const member = (githubLogin: string) => ({ role: "member", user: { githubLogin } });
    const pages = [
      { members: [member("ann")], continuationToken: "a&b" },
      { members: [member("bob")], continuationToken: "" },
    ];
    answer = (response) => json(pages[seen.length - 1])(response);
    assert.deepEqual([...(await client().listTokenOwners("members")).keys()], ["ann", "bob"]);
    const path = "GET /api/orgs/acme/members";
    assert.deepEqual(
      seen.map(({ request }) => request),
      [path, `${path}?continuationToken=a%26b`],
    );
  });

  it("asks each route of the API, with the token and nothing else in the header", async () => {
    const api = client();
    await api.registerIssuer({ name: "n", url: "https://i" });
    await api.getIssuer("id");
    await api.updateIssuer("id", { name: "n", maxExpiration: null });
    answer = json(POLICY);
    await api.getPolicy("id");
    await api.updatePolicy("p", [DEFAULT_DENY]);
    answer = (response) => response.writeHead(204).end();
    assert.equal(await api.deleteIssuer("id"), undefined);
    const base = "/api/orgs/acme";
    assert.deepEqual(
      seen.map(({ request, body }) => [request, body]),
      [
        [`POST ${base}/oidc/issuers`, '{"name":"n","url":"https://i"}'],
        [`GET ${base}/oidc/issuers/id`, ""],
        [`PATCH ${base}/oidc/issuers/id`, '{"name":"n","maxExpiration":null}'],
        [`GET ${base}/auth/policies/oidcissuers/id`, ""],
        [`PATCH ${base}/auth/policies/p`, JSON.stringify({ policies: [DEFAULT_DENY] })],
        [`DELETE ${base}/oidc/issuers/id`, ""],
      ],
    );
    for (const { headers, body } of seen) {
      assert.equal(headers.authorization, "token pul-secret");
      assert.equal(headers.accept, "application/vnd.pulumi+8");
      assert.equal(headers["x-pulumi-source"], "provider");
      assert.equal(headers["content-type"], body === "" ? undefined : "application/json");
    }
  });

  it("lists issuers, and none where the list is empty or null", async () => {
    answer = json({ oidcIssuers: [ISSUER] });
    assert.deepEqual(await client().listIssuers(), [ISSUER]);
    for (const none of [[], null]) {
      answer = json({ oidcIssuers: none });
      assert.deepEqual(await client().listIssuers(), []);
    }
  });

  it("says what a self-hosted service without an object store lacks", async () => {
    // Text of the OpenAPI document (pulumi/pulumi-pulumiservice at dc76a018, provider/pkg/cloud/spec.json).
    answer = json({ code: 400, message: "Bad Request: metadata object store endpoint is not configured" }, 400);
    const error = await refusedLater(client().registerIssuer({ name: "n", url: "https://i" }), "PULUMI_CLOUD_400");
    assert.match(error.fix ?? "", /administrator of this self-hosted Pulumi Cloud/);
    answer = json({ code: 400, message: "Bad Request: no" }, 400);
    const other = await refusedLater(client().registerIssuer({ name: "n", url: "https://i" }), "PULUMI_CLOUD_400");
    assert.match(other.fix ?? "", /the argument that the message names/);
  });

  it("lets no name leave its place in the path", async () => {
    await client({ organization: "a/../b?c#d" }).getIssuer("../x y/%2e");
    assert.equal(seen[0]?.request, "GET /api/orgs/a%2F..%2Fb%3Fc%23d/oidc/issuers/..%2Fx%20y%2F%252e");
  });

  it("takes an address with a path and final slashes", async () => {
    await client({ apiUrl: `${apiUrl}/pulumi//` }).getIssuer("id");
    assert.equal(seen[0]?.request, "GET /pulumi/api/orgs/acme/oidc/issuers/id");
  });

  const errors: [string, (response: ServerResponse) => void, number, RegExp][] = [
    [
      "the service's message",
      json({ code: 400, message: "Bad Request: no" }, 400),
      400,
      /^PULUMI_CLOUD_400: Bad Request: no \(/,
    ],
    ["plain text", text("404 page not found\n", 404), 404, /^PULUMI_CLOUD_404: 404 page not found \(/],
    ["JSON without message", json({ error: "x" }, 403), 403, /^PULUMI_CLOUD_403: \{"error":"x"\} \(/],
    ["JSON null", json(null, 500), 500, /^PULUMI_CLOUD_500: null \(/],
    ["an empty answer", text("", 401), 401, /^PULUMI_CLOUD_401: Pulumi Cloud gave no reason \(/],
    ["a page of HTML", text(`<html>\n${"x".repeat(5000)}`, 502), 502, /^PULUMI_CLOUD_502: <html> x{290,300} \(/],
    ["a limit", json({ code: 429, message: "slow down" }, 429), 429, /Fix: wait/],
  ];
  for (const [what, reply, status, message] of errors) {
    it(`passes on ${what}, with status, request and a way to fix it`, async () => {
      answer = reply;
      const error = await refusedLater(client().getIssuer("id"), `PULUMI_CLOUD_${status}`);
      assert.ok(error instanceof CloudApiError);
      assert.equal(error.status, status);
      assert.equal(error.where, `GET ${apiUrl}/api/orgs/acme/oidc/issuers/id`);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /pul-secret/);
    });
  }

  it("follows no redirect, so that the token stays at its origin", async () => {
    answer = (response) => response.writeHead(307, { Location: "/elsewhere" }).end();
    await refusedLater(client().getIssuer("id"), "PULUMI_CLOUD_REDIRECTED");
    assert.equal(seen.length, 1);
  });

  it("says that nobody answers, and why", async () => {
    // No program is given a port so low by chance.
    const nobody = client({ apiUrl: "http://127.0.0.1:2" });
    const error = await refusedLater(nobody.getIssuer("id"), "PULUMI_CLOUD_UNREACHABLE");
    assert.match(error.message, /ECONNREFUSED/);
    answer = (response) => response.destroy();
    await refusedLater(client().getIssuer("id"), "PULUMI_CLOUD_UNREACHABLE");
  });

  it("says so too when the connection breaks inside the answer", async () => {
    answer = (response) => {
      response.writeHead(200, { "Content-Length": "100" }).write('{"id":');
      setTimeout(() => response.destroy(), 20);
    };
    await refusedLater(client().getIssuer("id"), "PULUMI_CLOUD_UNREACHABLE");
  });

  it("gives up a request that takes too long", async () => {
    answer = () => undefined;
    const error = await refusedLater(client({ timeoutMs: 50 }).getIssuer("id"), "PULUMI_CLOUD_UNREACHABLE");
    assert.match(error.message, /timeout/);
  });

  it("takes a page of HTML for no deletion", async () => {
    answer = text("<html>log in</html>", 200);
    await refusedLater(client().deleteIssuer("id"), "PULUMI_CLOUD_ANSWER_INVALID");
    answer = json({ deleted: true });
    assert.equal(await client().deleteIssuer("id"), undefined);
  });

  it("makes errors without a stack of causes that could quote a header", async () => {
    const failing = () => Promise.reject(new TypeError("fetch failed", { cause: new Error("broken pipe") }));
    const error = await refusedLater(client({ fetch: failing }).getIssuer("id"), "PULUMI_CLOUD_UNREACHABLE");
    assertUserError(error, "PULUMI_CLOUD_UNREACHABLE");
    assert.match(error.message, /broken pipe/);
    assert.equal(error.cause, undefined);
  });
});
