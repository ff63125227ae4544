import assert from "node:assert/strict";
import { issuer } from "../../../../provider/resources/dynamic";
import { registeredName } from "../../../../trust/issuers/registration/registered-name";
import { podClaims } from "../../../lab/pulumi-cloud/fixture";
import { COLONS, type Inputs, issuerFixture, OURS, UNKNOWN } from "./fixture";

describe("provider/resources/issuer/provider", () => {
  const fixture = issuerFixture();
  const { lab, withKeys, calls, changes, read, record } = fixture;

  describe("check", () => {
    const check = async (inputs: object) => issuer.check({} as never, inputs as Inputs);

    it("writes lives and thumbprints in one notation", async () => {
      const thumbprint = "0f".repeat(32);
      const { inputs, failures } = await check({
        ...withKeys(),
        maxExpirationSeconds: "1h30m",
        thumbprints: [COLONS(thumbprint)],
      });
      assert.deepEqual(failures, []);
      assert.deepEqual([inputs.maxExpirationSeconds, inputs.thumbprints], [5400, [thumbprint]]);
    });

    it("replaces nothing for another notation of apiUrl, but for another address [A18]", async () => {
      const diff = async (apiUrl: string) => {
        const [olds, news] = [await check(withKeys()), await check({ ...withKeys(), apiUrl })];
        return issuer.diff("acme/1", { ...olds.inputs } as never, { ...news.inputs, issuerUrl: olds.inputs.issuerUrl });
      };
      assert.deepEqual(await diff(`${lab.cloud.url}/`), { changes: false, replaces: [], changed: [] });
      assert.deepEqual((await diff(`${lab.cloud.url}/other`)).replaces, ["apiUrl"]);
    });

    it("leaves what is not known yet", async () => {
      const inputs = {
        ...withKeys(),
        maxExpirationSeconds: UNKNOWN,
        thumbprints: [UNKNOWN],
        jwks: UNKNOWN,
        issuerUrl: UNKNOWN,
      };
      assert.deepEqual(await check(inputs), { inputs, failures: [] });
    });

    for (const [code, more] of [
      ["EXPIRATION_INVALID", { maxExpirationSeconds: "2 hours" }],
      ["THUMBPRINT_INVALID", { thumbprints: ["ab"] }],
      ["JWKS_INVALID", { jwks: { keys: [] } }],
      ["JWKS_PRIVATE", { jwks: { keys: [{ kty: "oct", k: "AAAA" }] } }],
      ["JWKS_OF_ROTATING_ISSUER", { issuerUrl: "https://oidc.eks.eu-west-1.amazonaws.com/id/A" }],
      ["API_URL_INSECURE", { apiUrl: "http://pulumi.example.com" }],
      ["ISSUER_URL_SHARED", { issuerUrl: "https://kubernetes.default.svc.cluster.local" }],
      ["OPTION_CONFLICT", { regenerateThumbprints: "1" }],
      ["IMPORT_ID_INVALID", { importId: "other/1" }],
    ] as const) {
      it(`refuses with ${code}`, async () => {
        const { failures } = await check({ ...withKeys(), ...more });
        assert.deepEqual(
          failures.map(({ reason }) => reason.split(":")[0]),
          [code],
        );
      });
    }
  });

  describe("maxExpirationSeconds", () => {
    it("is the same in every notation", async () => {
      const inputs = withKeys({ maxExpirationSeconds: "2h" });
      const { id, outs } = await issuer.create(inputs);
      assert.equal((await record(outs)).maxExpiration, 7200);
      assert.equal(outs.maxExpirationSeconds, 7200);
      for (const [life, changed] of [
        ["2h", false],
        [7200, false],
        ["120m", false],
        ["7200", false],
        [7201, true],
        ["2h1s", true],
        [undefined, true],
        [UNKNOWN, true],
      ] as const) {
        assert.equal(await changes(id, outs, { ...inputs, maxExpirationSeconds: life }), changed, String(life));
      }
    });
  });

  it("tells when the issuer was used, and makes no change of it", async () => {
    const inputs = withKeys({ issuerUrl: fixture.keys.issuer });
    const { id, outs } = await issuer.create(inputs);
    assert.equal(outs.lastUsed, undefined);
    await lab.setPolicy(outs.issuerId, [
      {
        decision: "allow",
        tokenType: "organization",
        authorizedPermissions: [],
        rules: { aud: "urn:pulumi:org:acme" },
      },
    ]);
    assert.equal((await lab.exchange(await fixture.keys.sign(podClaims("ci", "deployer")))).status, 200);
    const used = await read(id, outs);
    assert.match(used.lastUsed ?? "", /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.deepEqual(used, { ...outs, lastUsed: used.lastUsed });
    assert.equal(await changes(id, used, inputs), false);
    await lab.client.deleteIssuer(outs.issuerId);
  });

  describe("names", () => {
    const name = registeredName("ours", OURS);
    const moved = registeredName("ours", { ...OURS, urn: `${OURS.urn}-moved` });

    it("do not follow a new URN: an alias or an upgrade changes nothing", async () => {
      const inputs = withKeys({ name });
      const { id, outs } = await issuer.create(inputs);
      assert.equal(await changes(id, outs, { ...inputs, name: moved }), false);
      const before = calls();
      const { outs: updated } = await issuer.update(id, outs, { ...inputs, name: moved, forceDestroy: true });
      assert.equal(calls(), before, "nothing that the service knows has changed");
      assert.deepEqual([updated.name, updated.forceDestroy], [name, true]);
      const { outs: changed } = await issuer.update(id, updated, { ...inputs, name: moved, maxExpirationSeconds: 60 });
      assert.deepEqual([changed.name, (await record(outs)).name], [name, name]);
      await lab.client.updateIssuer(outs.issuerId, { name: "by hand" });
      const drifted = await read(id, changed);
      assert.equal(drifted.name, "by hand");
      assert.equal(await changes(id, drifted, { ...inputs, name: moved, maxExpirationSeconds: 60 }), true);
      await issuer.update(id, drifted, { ...inputs, name: moved, maxExpirationSeconds: 60 });
      assert.equal((await record(outs)).name, moved);
    });

    it("of adopted issuers are nobody's business here", async () => {
      const inputs = withKeys({ adopt: true, name, jwks: undefined });
      const { issuerUrl: url } = inputs;
      await lab.client.registerIssuer({ name: "theirs", url, jwks: fixture.keys.jwks() });
      const { id, outs } = await issuer.create(inputs);
      assert.equal(await changes(id, outs, { ...inputs, name: registeredName("other", OURS) }), false);
      const { outs: updated } = await issuer.update(id, outs, { ...inputs, maxExpirationSeconds: 60 });
      await lab.client.updateIssuer(outs.issuerId, { name: "theirs, renamed" });
      assert.equal(await changes(id, await read(id, updated), { ...inputs, maxExpirationSeconds: 60 }), false);
      assert.equal((await record(outs)).name, "theirs, renamed");
    });
  });

  it("refuses an issuer that calls itself otherwise by now, and makes way before it is replaced", async () => {
    const inputs = withKeys();
    const { id, outs } = await issuer.create(inputs);
    const mismatched = { ...outs, issuer: `${outs.issuer}/` };
    assert.deepEqual(await issuer.diff(id, mismatched, inputs), {
      changes: true,
      replaces: [],
      changed: ["issuer"],
      deleteBeforeReplace: true,
    });
    const diff = await issuer.diff(id, mismatched, { ...inputs, issuerUrl: `${inputs.issuerUrl}/` });
    assert.deepEqual([diff.replaces, diff.deleteBeforeReplace], [["issuerUrl"], true]);
    assert.equal(
      (await issuer.diff(id, outs, { ...inputs, issuerUrl: `${inputs.issuerUrl}/` })).deleteBeforeReplace,
      undefined,
    );
  });
});
