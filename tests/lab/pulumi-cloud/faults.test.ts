import assert from "node:assert/strict";
import { allow, Fixture, podClaims } from "./fixture";

const ISSUERS = "/api/orgs/acme/oidc/issuers";

describe("lab/pulumi-cloud: faults and journal", () => {
  const fixture = new Fixture();
  before(() => fixture.start());
  after(() => fixture.stop());
  afterEach(() => fixture.cloud.faults.clear());

  const count = async () => (await fixture.api("GET", ISSUERS)).json.oidcIssuers.length as number;
  const jwks = { keys: [] };

  it("answers with a status, headers and the route's error shape, as often as asked and only where asked", async () => {
    const headers = { "Retry-After": "7" };
    fixture.cloud.faults.add({
      method: "get",
      path: "/api/orgs/*/issuers",
      kind: "status",
      status: 429,
      headers,
      times: 2,
    });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const hit = await fixture.api("GET", ISSUERS);
      assert.deepEqual([hit.status, hit.json.code, hit.headers.get("Retry-After")], [429, 429, "7"]);
      assert.equal((await fixture.api("GET", "/api/user")).status, 200);
    }
    assert.equal((await fixture.api("GET", ISSUERS)).status, 200);
    fixture.cloud.faults.add({ path: "/api/oauth/token", kind: "status" });
    const oauth = await fixture.exchange("x");
    assert.deepEqual([oauth.status, oauth.json.error], [500, "server_error"]);
  });

  it("drops the connection before acting, or after, when the change stays made", async () => {
    const before = await count();
    const body = { name: "n", url: "https://reset.example", jwks };
    fixture.cloud.faults.add({ method: "POST", path: ISSUERS, kind: "reset-before" });
    await assert.rejects(fixture.api("POST", ISSUERS, body));
    assert.equal(await count(), before);
    fixture.cloud.faults.add({ method: "POST", path: ISSUERS, kind: "reset-after" });
    await assert.rejects(fixture.api("POST", ISSUERS, body));
    assert.equal(await count(), before + 1);
    assert.equal((await fixture.api("POST", ISSUERS, body)).status, 409);
  });

  it("delays an answer, and stops without waiting for it", async () => {
    fixture.cloud.faults.add({ path: "/api/user", kind: "delay", delayMs: 20 });
    assert.equal((await fixture.api("GET", "/api/user")).status, 200);
    assert.equal(fixture.cloud.faults.list()[0]!.hits, 1);
    const other = await fixture.start();
    other.faults.add({ path: "*", kind: "delay", delayMs: 3_600_000 });
    const waiting = assert.rejects(fixture.request(`${other.url}/api/user`, "GET"));
    while (other.faults.list()[0]!.hits === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await other.stop();
    await waiting;
  });

  it("writes requests down with a fingerprint of the credential, which shows that no token went to the other", async () => {
    const other = await fixture.start();
    const issuer = await fixture.issuer();
    await fixture.trust(issuer.issuer, [allow({ sub: "*" })]);
    const subject = await issuer.sign(podClaims("a", "b"));
    fixture.cloud.journal.clear();
    const { access_token: token } = (await fixture.exchange(subject)).json;
    await fixture.api("GET", "/api/user?x=1", undefined, token);
    fixture.cloud.faults.add({ path: "/api/user", kind: "reset-after" });
    await assert.rejects(fixture.api("GET", "/api/user", undefined, token));
    const [exchange, user, dropped] = fixture.cloud.journal.list();
    assert.deepEqual([exchange!.method, exchange!.path, exchange!.status], ["POST", "/api/oauth/token", 200]);
    assert.deepEqual([user!.path, user!.status, dropped!.status, dropped!.fault], ["/api/user", 200, 0, "reset-after"]);
    assert.equal(user!.credential, dropped!.credential);
    assert.notEqual(user!.credential, exchange!.credential);
    const written = JSON.stringify(fixture.cloud.journal.list());
    assert.ok(!written.includes(token) && !written.includes(subject));
    assert.deepEqual(other.journal.list(), []);
    const answer = await fixture.request(`${other.url}/api/user`, "GET", undefined, {
      Authorization: `token ${token}`,
    });
    assert.equal(answer.status, 401);
    assert.equal(other.journal.list()[0]!.credential, user!.credential);
  });
});
