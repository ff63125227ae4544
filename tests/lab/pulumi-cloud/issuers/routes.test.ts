import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { TestIssuer } from "../../../helpers/issuer";
import { allow, Fixture, podClaims } from "../fixture";

const ISSUERS = "/api/orgs/acme/oidc/issuers";
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/;

describe("lab/pulumi-cloud: issuer routes", () => {
  const fixture = new Fixture();
  let served: string;
  let counter = 0;
  before(async () => {
    await fixture.start();
    served = new X509Certificate(fixture.certificate.certificatePem).fingerprint256.replaceAll(":", "").toLowerCase();
  });
  after(() => fixture.stop());

  const fresh = (): Promise<TestIssuer> => {
    counter += 1;
    return fixture.issuer({ issuer: `https://issuer-${counter}.example/id/${counter}` });
  };
  const register = (body: object) => fixture.api("POST", ISSUERS, { name: "n", ...body });
  const isError = (answer: { status: number; json: unknown }, status: number, message: string) =>
    assert.deepEqual([answer.status, answer.json], [status, { code: status, message }]);

  it("registers, lists in order, reads, and answers as documented", async () => {
    const [one, two] = [await fresh(), await fresh()];
    const answer = await register({ name: "one", url: one.issuer, maxExpiration: 3600 });
    assert.equal(answer.status, 200);
    const { id, created, modified, ...rest } = answer.json;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.match(created, TIME);
    assert.equal(modified, created);
    assert.deepEqual(rest, {
      name: "one",
      url: one.issuer,
      issuer: one.issuer,
      thumbprints: [served],
      maxExpiration: 3600,
    });
    const second = await register({ name: "one", url: two.issuer });
    const urls = (await fixture.api("GET", ISSUERS)).json.oidcIssuers.map((issuer: { url: string }) => issuer.url);
    assert.deepEqual(urls.slice(-2), [one.issuer, two.issuer]);
    assert.deepEqual((await fixture.api("GET", `${ISSUERS}/${id}`)).json, answer.json);
    assert.notEqual(second.json.id, id);
    isError(await fixture.api("GET", `${ISSUERS}/${id}0`), 404, "Not Found: oidc issuer");
  });

  it("answers byte for byte as the service was seen to, also when thumbprints are recorded anew", async () => {
    // pulumi/docs#16317, a comment with the answer to a request of 2025-10-19.
    const seen =
      '{"id":"065dc347-6dbd-4398-9240-4a25fb93cf81","name":"GitHub","url":"https://token.actions.githubusercontent.com","issuer":"https://token.actions.githubusercontent.com","thumbprints":["caef08400c87bedb0db28f1a0dc0b49e658c8e90a985b8c3e6a6e7f51a2d09d7"],"maxExpiration":30,"created":"2025-10-19 00:05:56.480","modified":"2025-10-19 00:05:56.480"}';
    const { issuer } = await fresh();
    const { id, created } = (await register({ name: "GitHub", url: issuer, maxExpiration: 30 })).json;
    fixture.clock.shift(5);
    const answer = await fixture.api("POST", `${ISSUERS}/${id}/regenerate-thumbprints`);
    const expected = seen
      .replace("065dc347-6dbd-4398-9240-4a25fb93cf81", id)
      .replaceAll("https://token.actions.githubusercontent.com", issuer)
      .replace(/[0-9a-f]{64}/, served)
      .replaceAll("2025-10-19 00:05:56.480", created);
    assert.equal(answer.text, expected);
  });

  it("refuses a missing name, a malformed url, a second registration, also at the same time", async () => {
    const { issuer } = await fresh();
    isError(await register({ name: "", url: issuer }), 400, "Bad Request: the issuer name is required");
    for (const url of [
      undefined,
      "",
      "issuer.example",
      issuer.replace("https", "http"),
      `${issuer}?a=b`,
      `${issuer}#a`,
    ]) {
      assert.equal((await register({ url })).status, 400, url);
    }
    const answers = await Promise.all([register({ url: issuer }), register({ url: issuer })]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    assert.equal((await register({ url: issuer, name: "other" })).status, 409);
    fixture.cloud.switches.duplicateUrlStatus = 400;
    assert.equal((await register({ url: issuer, name: "other" })).status, 400);
    fixture.cloud.switches.duplicateUrlStatus = 409;
  });

  it("refuses an issuer that does not answer, or whose document states another", async () => {
    assert.equal((await register({ url: "https://nobody.example" })).status, 400);
    const issuer = await fixture.issuer({ issuer: "https://stated.example" });
    const other = await fixture.issuer({ issuer: "https://stated.example/other" });
    fixture.resolve("https://registered.example", other.url);
    assert.match((await register({ url: "https://registered.example" })).json.message, /states another issuer/);
    fixture.cloud.switches.trailingSlash = "exact";
    assert.match((await register({ url: `${issuer.issuer}/` })).json.message, /states another issuer/);
    fixture.cloud.switches.trailingSlash = "discovered";
    assert.equal((await register({ url: issuer.issuer })).status, 200);
  });

  it("knows an issuer by what its discovery document says, with a slash or without", async () => {
    const aks = await fixture.issuer({ issuer: "https://eastus.oic.prod-aks.azure.com/tenant/uuid/" });
    await fixture.trust(aks.issuer, [allow({ sub: "*" })]);
    assert.equal((await fixture.exchange(await aks.sign(podClaims("a", "b")))).status, 200);
    const gke = await fresh();
    const id = await fixture.trust(`${gke.issuer}/`, [allow({ sub: "*" })]);
    const { url, issuer } = (await fixture.api("GET", `${ISSUERS}/${id}`)).json;
    assert.deepEqual([url, issuer], [`${gke.issuer}/`, gke.issuer]);
    assert.equal((await fixture.exchange(await gke.sign(podClaims("a", "b")))).status, 200);
    const slash = await gke.sign({ ...podClaims("a", "b"), iss: `${gke.issuer}/` });
    assert.equal((await fixture.exchange(slash)).json.error, "invalid_grant");
  });

  it("checks thumbprints by the SHA-256 of the served certificate, whatever their case", async () => {
    const { issuer } = await fresh();
    const wrong = await register({ url: issuer, thumbprints: ["ab".repeat(32)] });
    const text = "does not match any of the provided. Make sure it is properly generated (SHA256).";
    isError(wrong, 400, `Bad Request: Calculated thumbprint ${served} ${text}`);
    const right = await register({ url: issuer, thumbprints: ["ab".repeat(32), served.toUpperCase()] });
    assert.deepEqual(right.json.thumbprints, ["ab".repeat(32), served]);
    const path = `${ISSUERS}/${right.json.id}/regenerate-thumbprints`;
    assert.deepEqual((await fixture.api("POST", path)).json.thumbprints, [served]);
    const patched = await fixture.api("PATCH", path);
    assert.deepEqual([patched.status, patched.text], [404, "404 page not found\n"]);
  });

  it("takes public keys in RFC 7517 form, and nothing else, instead of discovery", async () => {
    const issuer = await fresh();
    const [key] = issuer.jwks().keys;
    const url = (n: number) => `https://private-${n}.internal`;
    const secret = { ...key, ...issuer.key.privateKey.export({ format: "jwk" }) };
    for (const jwks of [
      { keys: [{ KeyID: "k", Algorithm: "ES256", Key: {} }] },
      { keys: [{ ...key, kty: "XX" }] },
      { keys: [{ ...key, x: undefined }] },
      { keys: [{ kty: "oct", k: "c2VjcmV0" }] },
      { keys: [secret] },
      { keys: key },
      "keys",
    ]) {
      assert.equal((await register({ url: url(1), jwks })).status, 400, JSON.stringify(jwks));
    }
    const answer = await register({ url: url(1), jwks: { keys: [key] } });
    assert.deepEqual([answer.status, answer.json.jwks, answer.json.issuer], [200, { keys: [key] }, url(1)]);
    assert.equal((await register({ url: url(2), jwks: { keys: [] } })).status, 200);
    const refused = await fixture.api("POST", `${ISSUERS}/${answer.json.id}/regenerate-thumbprints`);
    isError(refused, 400, "Bad Request: issuer jwks are statically configured, can't regenerate thumbprints");
  });

  it("patches name and tri-state fields, never the url", async () => {
    const { issuer } = await fresh();
    const { json } = await register({ url: issuer, maxExpiration: 600 });
    const patch = (body: object) => fixture.api("PATCH", `${ISSUERS}/${json.id}`, body);
    isError(await patch({ maxExpiration: 60 }), 400, "Bad Request: the issuer name is required");
    fixture.clock.shift(10);
    const renamed = (await patch({ name: "new", url: issuer })).json;
    assert.deepEqual([renamed.name, renamed.maxExpiration, renamed.thumbprints], ["new", 600, [served]]);
    assert.ok(renamed.modified > json.modified && renamed.created === json.created);
    assert.equal((await patch({ name: "new", maxExpiration: null })).json.maxExpiration, undefined);
    assert.equal((await patch({ name: "new", maxExpiration: -1 })).status, 400);
    assert.equal((await patch({ name: "new", thumbprints: null })).json.thumbprints, undefined);
    assert.equal((await patch({ name: "new", thumbprints: ["ab".repeat(32)] })).status, 400);
    assert.equal((await patch({ name: "new", url: "https://other.example" })).json.url, issuer);
    fixture.cloud.switches.urlInPatch = "refuse";
    assert.equal((await patch({ name: "new", url: "https://other.example" })).status, 400);
    assert.equal((await patch({ name: "new", url: issuer })).status, 200);
    fixture.cloud.switches.urlInPatch = "ignore";
  });

  it("takes maxExpiration 0 for no limit of its own, and shows it as the switch says", async () => {
    const { issuer } = await fresh();
    const { json } = await register({ url: issuer, maxExpiration: 0 });
    const path = `${ISSUERS}/${json.id}`;
    const limit = async () => (await fixture.api("GET", path)).json.maxExpiration;
    assert.equal(await limit(), undefined);
    await fixture.api("PATCH", path, { name: "n", maxExpiration: 600 });
    fixture.cloud.switches.unlimitedExpiration = "zero";
    assert.equal(await limit(), 600);
    assert.equal((await fixture.api("PATCH", path, { name: "n", maxExpiration: 0 })).json.maxExpiration, 0);
    assert.equal(await limit(), 0);
    fixture.cloud.switches.unlimitedExpiration = "absent";
    assert.equal(await limit(), undefined);
  });

  it("deletes the issuer with its policy; tokens issued live on unless the switch says otherwise", async () => {
    const accessTokenOf = async (issuer: TestIssuer) => {
      const id = await fixture.trust(issuer.issuer, [allow({ sub: "*" })]);
      const token = (await fixture.exchange(await issuer.sign(podClaims("a", "b")))).json.access_token;
      const removed = await fixture.api("DELETE", `${ISSUERS}/${id}`);
      assert.deepEqual([removed.status, removed.text], [204, ""]);
      isError(await fixture.api("DELETE", `${ISSUERS}/${id}`), 404, "Not Found: oidc issuer");
      assert.equal((await fixture.api("GET", `/api/orgs/acme/auth/policies/oidcissuers/${id}`)).status, 400);
      assert.equal((await fixture.exchange(await issuer.sign(podClaims("a", "b")))).json.error, "invalid_grant");
      return token as string;
    };
    const issuer = await fresh();
    assert.equal((await fixture.api("GET", "/api/user", undefined, await accessTokenOf(issuer))).status, 200);
    fixture.cloud.switches.tokensOutliveIssuer = false;
    assert.equal((await fixture.api("GET", "/api/user", undefined, await accessTokenOf(issuer))).status, 401);
    fixture.cloud.switches.tokensOutliveIssuer = true;
  });

  it("sets lastUsed by a successful exchange only", async () => {
    const issuer = await fresh();
    const id = await fixture.trust(issuer.issuer, [allow({ sub: "system:serviceaccount:a:b" })]);
    await fixture.exchange(await issuer.sign(podClaims("a", "c")));
    assert.equal((await fixture.api("GET", `${ISSUERS}/${id}`)).json.lastUsed, undefined);
    await fixture.exchange(await issuer.sign(podClaims("a", "b")));
    assert.match((await fixture.api("GET", `${ISSUERS}/${id}`)).json.lastUsed, TIME);
  });
});
