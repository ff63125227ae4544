import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { createCertificateAuthority } from "../../../lab/cluster/pki";
import type { TestIssuer } from "../../helpers/issuer";
import { allow, Fixture, podClaims } from "./fixture";

const KEYS = "/openid/v1/jwks";
const CLAIMS = podClaims("pulumi", "deployer");
const POLICY = [allow({ sub: CLAIMS.sub })];

describe("lab/pulumi-cloud: issuers' keys", () => {
  const fixture = new Fixture();
  before(() => fixture.start());
  after(() => fixture.stop());
  afterEach(() => fixture.clock.setOffset(0));

  const trusted = async (issuer: string) => {
    const test = await fixture.issuer({ issuer });
    return { issuer: test, id: await fixture.trust(issuer, POLICY) };
  };
  const outcome = async (issuer: TestIssuer) => {
    const answer = await fixture.exchange(await issuer.sign(CLAIMS));
    return answer.status === 200 ? "ALLOWED" : `${answer.status} ${answer.json.error} ${fixture.reason}`;
  };
  const fetches = (issuer: TestIssuer) => issuer.requests.filter((path) => path === KEYS).length;

  it("finds a public-looking issuer on loopback and keeps its keys for max-age", async () => {
    const { issuer } = await trusted("https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123");
    assert.equal(await outcome(issuer), "ALLOWED");
    fixture.clock.shift(3500);
    assert.equal(await outcome(issuer), "ALLOWED");
    assert.equal(fetches(issuer), 1);
    fixture.clock.shift(200);
    assert.equal(await outcome(issuer), "ALLOWED");
    assert.equal(fetches(issuer), 2);
  });

  it("shares one fetch between exchanges at the same time", async () => {
    const { issuer } = await trusted("https://concurrent.example");
    assert.deepEqual(new Set(await Promise.all([1, 2, 3, 4].map(() => outcome(issuer)))), new Set(["ALLOWED"]));
    assert.equal(fetches(issuer), 1);
  });

  it("fetches again for an unknown kid, but not within the cooldown", async () => {
    const { issuer } = await trusted("https://rotating.example");
    assert.equal(await outcome(issuer), "ALLOWED");
    await issuer.rotate();
    assert.equal(await outcome(issuer), "400 invalid_grant KEY_UNKNOWN");
    fixture.clock.shift(31);
    assert.equal(await outcome(issuer), "ALLOWED");
    assert.equal(fetches(issuer), 2);
  });

  it("verifies with static keys without asking anybody, until they are replaced", async () => {
    const issuer = await fixture.issuer({ issuer: "https://kubernetes.default.svc.cluster.local" });
    const id = await fixture.trust(issuer.issuer, POLICY, { jwks: issuer.jwks() });
    assert.equal(await outcome(issuer), "ALLOWED");
    await issuer.rotate({ forget: true });
    fixture.clock.shift(86_400);
    assert.equal(await outcome(issuer), "400 invalid_grant KEY_UNKNOWN");
    await fixture.api("PATCH", `/api/orgs/acme/oidc/issuers/${id}`, { name: "test", jwks: issuer.jwks() });
    assert.equal(await outcome(issuer), "ALLOWED");
    assert.deepEqual(issuer.requests, []);
    await fixture.api("PATCH", `/api/orgs/acme/oidc/issuers/${id}`, { name: "test", jwks: null });
    assert.equal(await outcome(issuer), "ALLOWED");
    assert.equal(fetches(issuer), 1);
  });

  it("answers server_error when the keys cannot be had, and recovers", async () => {
    const { issuer } = await trusted("https://ailing.example");
    const misbehave: Record<string, object> = {
      "another issuer": { statedIssuer: "https://other.example" },
      "status 503": { status: 503 },
      "status 302": { redirect: `${issuer.url}/elsewhere` },
      "larger than 102400 bytes": { paddingBytes: 110_000 },
    };
    for (const [detail, behaviour] of Object.entries(misbehave)) {
      Object.assign(issuer.behaviour, behaviour);
      assert.equal(await outcome(issuer), "500 server_error KEYS_UNAVAILABLE");
      assert.ok(fixture.log.at(-1)!.includes(detail), fixture.log.at(-1));
      for (const name of Object.keys(behaviour)) {
        delete (issuer.behaviour as Record<string, unknown>)[name];
      }
    }
    issuer.behaviour.delayMs = 500;
    fixture.cloud.switches.discoveryTimeoutMs = 50;
    assert.equal(await outcome(issuer), "500 server_error KEYS_UNAVAILABLE");
    issuer.behaviour.delayMs = 0;
    fixture.cloud.switches.discoveryTimeoutMs = 10_000;
    assert.equal(await outcome(issuer), "ALLOWED");
  });

  it("trusts a server only through the authority or, failing that, a registered thumbprint", async () => {
    const authority = await createCertificateAuthority();
    const certificate = await authority.issue({ commonName: "stranger" });
    const thumbprintOf = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(":", "");
    const issuer = await fixture.issuer({ issuer: "https://self-signed.example", certificate });
    const register = (more: object) =>
      fixture.api("POST", "/api/orgs/acme/oidc/issuers", { name: "x", url: issuer.issuer, ...more });
    assert.match((await register({})).json.message, /not trusted/);
    const neighbour = thumbprintOf(fixture.certificate.certificatePem);
    assert.match((await register({ thumbprints: [neighbour] })).json.message, /not trusted/);
    const registered = await register({ thumbprints: [thumbprintOf(certificate.certificatePem)] });
    assert.equal(registered.status, 200, registered.text);
    await fixture.setPolicy(registered.json.id, POLICY);
    assert.equal(await outcome(issuer), "ALLOWED");
  });
});
