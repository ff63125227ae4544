import assert from "node:assert/strict";
import type { TestIssuer } from "../../helpers/issuer";
import { hmacToken, tamperedToken, unsignedToken } from "../../helpers/issuer/forgery";
import { allow, Fixture, podClaims } from "./fixture";

const RULES = { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:deployer" };
const CLAIMS = podClaims("pulumi", "deployer");

describe("lab/pulumi-cloud: verification of subject tokens", () => {
  const fixture = new Fixture();
  let issuer: TestIssuer;

  before(async () => {
    await fixture.start();
    issuer = await fixture.issuer({ algorithm: "RS256" });
    await fixture.trust(issuer.issuer, [allow(RULES)]);
  });
  after(() => fixture.stop());
  afterEach(() => fixture.clock.setOffset(0));

  const allowed = async (token: string) =>
    assert.equal((await fixture.exchange(token)).status, 200, fixture.log.at(-1));
  const refused = async (token: string, reason: string, error = "invalid_grant", status = 400) => {
    const answer = await fixture.exchange(token);
    assert.deepEqual([answer.status, answer.json.error, fixture.reason], [status, error, reason]);
  };
  const now = () => Math.floor(fixture.clock.now() / 1000);

  it("accepts a good signature and refuses changed claims, a changed signature and a stranger's key", async () => {
    const token = await issuer.sign(CLAIMS);
    await allowed(token);
    await refused(tamperedToken(token, { sub: "system:serviceaccount:pulumi:admin" }), "SIGNATURE_INVALID");
    await refused(tamperedToken(token, { exp: now() + 90_000 }), "SIGNATURE_INVALID");
    const stranger = await fixture.issuer({ algorithm: "RS256" });
    await refused(await stranger.sign({ ...CLAIMS, iss: issuer.issuer }), "KEY_UNKNOWN");
    const sameKid = { kid: issuer.key.kid };
    await refused(await stranger.sign({ ...CLAIMS, iss: issuer.issuer }, sameKid), "SIGNATURE_INVALID");
  });

  it("refuses alg none and an HMAC made with the public key", async () => {
    const claims = { ...CLAIMS, iss: issuer.issuer, exp: now() + 600 };
    await allowed(await issuer.sign(claims));
    await refused(unsignedToken(claims), "ALGORITHM_REFUSED");
    await refused(hmacToken(claims, issuer.key), "ALGORITHM_REFUSED");
  });

  it("accepts ES256 and EdDSA, and a token without kid", async () => {
    for (const algorithm of ["ES256", "EdDSA"] as const) {
      const other = await fixture.issuer({ algorithm });
      await fixture.trust(other.issuer, [allow(RULES)]);
      await allowed(await other.sign(CLAIMS));
      await other.rotate();
      fixture.clock.shift(3601);
      await allowed(await other.sign(CLAIMS, { kid: undefined }));
    }
  });

  it("knows only registered issuers, to the letter", async () => {
    await refused(await (await fixture.issuer()).sign(CLAIMS), "ISSUER_UNKNOWN");
    await refused(await issuer.sign({ ...CLAIMS, iss: `${issuer.issuer}/` }), "ISSUER_UNKNOWN");
    await refused(await issuer.sign({ ...CLAIMS, iss: undefined }), "ISSUER_UNKNOWN");
    await refused(await issuer.sign({ ...CLAIMS, iss: [issuer.issuer] }), "ISSUER_UNKNOWN");
  });

  it("holds exp, nbf and iat against the lab's clock, with 60 s of leeway", async () => {
    await allowed(await issuer.sign({ ...CLAIMS, exp: now() - 30 }));
    await refused(await issuer.sign({ ...CLAIMS, exp: now() - 90 }), "TOKEN_EXPIRED");
    await refused(await issuer.sign({ ...CLAIMS, exp: undefined }), "CLAIM_MISSING");
    await refused(await issuer.sign({ ...CLAIMS, exp: "4000000000" }), "CLAIM_MALFORMED");
    await allowed(await issuer.sign({ ...CLAIMS, nbf: now() + 30 }));
    await refused(await issuer.sign({ ...CLAIMS, nbf: now() + 120 }), "TOKEN_NOT_YET_VALID");
    await refused(await issuer.sign({ ...CLAIMS, iat: now() + 120 }), "TOKEN_NOT_YET_VALID");
    await allowed(await issuer.sign({ ...CLAIMS, iat: undefined, nbf: undefined }));
    const token = await issuer.sign(CLAIMS);
    fixture.clock.shift(3600 + 30);
    await allowed(token);
    fixture.clock.shift(60);
    await refused(token, "TOKEN_EXPIRED");
  });

  it("calls what is no token malformed, without repeating it", async () => {
    for (const token of ["not-a-token", "a.b.c", "e30.W10.sig"]) {
      const answer = await fixture.exchange(token);
      assert.deepEqual([answer.status, answer.json.error], [400, "invalid_request"]);
      assert.ok(!answer.text.includes(token) && !fixture.log.at(-1)!.includes(token));
    }
  });

  it("takes a token twice, unless the switch refuses replays", async () => {
    const token = await issuer.sign({ ...CLAIMS, jti: "j-1" });
    await allowed(token);
    fixture.cloud.switches.refuseReplay = true;
    await allowed(token);
    await refused(token, "TOKEN_REPLAYED");
    await allowed(await issuer.sign({ ...CLAIMS, jti: "j-2" }));
    fixture.cloud.switches.refuseReplay = false;
  });

  it("logs decision, reason, issuer, subject and a fingerprint, and never a token", async () => {
    fixture.log.length = 0;
    const good = await issuer.sign(CLAIMS);
    const bad = await issuer.sign({ ...CLAIMS, sub: "evil\nexchange decision=allow" });
    const { access_token: accessToken } = (await fixture.exchange(good)).json;
    await fixture.exchange(bad);
    assert.equal(fixture.log.length, 2);
    assert.match(
      fixture.log[0]!,
      /^exchange decision=allow reason=ALLOWED issuer="https:.*" sub=".*" token=sha256:\w{16}$/,
    );
    assert.match(fixture.log[1]!, /^exchange decision=deny reason=NO_ALLOW_MATCHES .*evil\\nexchange/);
    for (const secret of [good, bad, good.split(".")[2]!, accessToken]) {
      assert.ok(!fixture.log.join("\n").includes(secret));
    }
  });
});
