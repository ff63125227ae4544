import assert from "node:assert/strict";
import { PULUMI_KEYS } from "../../../../lab/pulumi-cloud";
import { claimsFromToken } from "../../../../trust/claims";
import { claimFacts, issuerByKey } from "../../../../trust/issuers";
import { Fixture } from "../fixture";

const ISSUER = "https://api.pulumi.com/oidc";
const V2 = `${ISSUER}/v2`;
const TIMES = ["iat", "nbf", "exp", "jti"];

describe("lab/pulumi-cloud: Pulumi's issuers", () => {
  const fixture = new Fixture();
  before(() => fixture.start());
  after(() => fixture.stop());

  const mint = (key: (typeof PULUMI_KEYS)[number], given: object = {}) =>
    fixture.cloud.issuer.mint(key, given as Record<string, unknown>, "acme");

  async function keysOf(issuer: string) {
    const url = fixture.cloud.resolveIssuer(issuer);
    const { json } = await fixture.request(`${url}/.well-known/openid-configuration`, "GET");
    assert.equal(json.issuer, issuer);
    const { createLocalJWKSet } = await import("jose");
    const path = json.jwks_uri.slice(issuer.length);
    return createLocalJWKSet((await fixture.request(url + path, "GET")).json);
  }

  it("verify by their discovery documents, each by its own key", async () => {
    const { jwtVerify } = await import("jose");
    const [one, two] = await Promise.all([keysOf(ISSUER), keysOf(V2)]);
    const [login, custom] = [await mint("pulumiEsc"), await mint("pulumiEsc", { iss: V2 })];
    assert.equal((await jwtVerify(login, one)).payload.iss, ISSUER);
    assert.equal((await jwtVerify(custom, two)).payload.iss, V2);
    await assert.rejects(jwtVerify(custom, one));
    await assert.rejects(jwtVerify(login, two));
    assert.equal(fixture.cloud.resolveIssuer(`${ISSUER}/v3`), undefined);
  });

  it("write the documented claims, which are those of the records", async () => {
    const names = async (key: (typeof PULUMI_KEYS)[number], given: object = {}) =>
      Object.keys(claimsFromToken(await mint(key, given))).sort();
    const common = [...TIMES, "iss", "aud", "sub"];
    const run = ["org", "project", "stack", "stackId", "operation", "scope", "deployment"];
    assert.deepEqual(await names("pulumiDeployments"), [...common, ...run].sort());
    const login = ["org", "current_env", "root_env", "trigger_user"];
    assert.deepEqual(await names("pulumiEsc"), [...common, ...login].sort());
    const ours = ["org", "org_id", "current_env", "current_env_id", "root_env", "root_env_id", "actor"];
    const custom = ours.map((name) => `https://pulumi.com/${name}`);
    assert.deepEqual(await names("pulumiEsc", { iss: V2 }), [...common, ...custom].sort());
    for (const key of PULUMI_KEYS) {
      const given = key === "pulumiEsc" ? [{}, { iss: V2 }] : [{}];
      for (const name of (await Promise.all(given.map((one) => names(key, one)))).flat()) {
        assert.ok(claimFacts(issuerByKey(key), [name]), `${key} has no claim ${name}`);
      }
    }
  });

  it("make what follows from a claim that is given, and leave out one that is null", async () => {
    const { sub, aud, org } = claimsFromToken(await mint("pulumiDeployments", { org: "other", scope: null }));
    assert.deepEqual(
      [sub, aud, org],
      ["pulumi:deploy:org:other:project:infra:stack:prod:operation:update:scope:write", "other", "other"],
    );
    const legacy = claimsFromToken(await mint("pulumiEsc", { current_env: "dev" }));
    assert.deepEqual([legacy.sub, legacy.aud], ["pulumi:environments:org:acme:env:dev", "acme"]);
    assert.equal("scope" in claimsFromToken(await mint("pulumiDeployments", { scope: null })), false);
    assert.equal(claimsFromToken(await mint("pulumiDeployments", { exp: 1 })).exp, 1);
  });
});
