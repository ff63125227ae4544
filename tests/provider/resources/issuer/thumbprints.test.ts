import assert from "node:assert/strict";
import { issuer } from "../../../../provider/resources/dynamic";
import { assertUserError } from "../../../helpers/refused";
import { COLONS, issuerFixture } from "./fixture";

describe("provider/resources/issuer/provider: thumbprints", () => {
  const fixture = issuerFixture();
  const { lab, withKeys, served, changes, read, record, fails } = fixture;

  describe("thumbprints", () => {
    it("are recorded by the service and left alone when none are given, whatever becomes of them", async () => {
      const inputs = await served();
      const { id, outs } = await issuer.create(inputs);
      const [thumbprint = ""] = (await record(outs)).thumbprints ?? [];
      assert.deepEqual(outs.thumbprints, [thumbprint]);
      await lab.client.updateIssuer(outs.issuerId, { name: "mine", thumbprints: null });
      const gone = await read(id, outs);
      assert.equal(gone.thumbprints, undefined);
      assert.equal(await changes(id, outs, inputs), false);
      assert.equal(await changes(id, gone, inputs), false);
      const { outs: updated } = await issuer.update(id, gone, { ...inputs, maxExpirationSeconds: 60 });
      assert.equal((await record(updated)).thumbprints, undefined);
    });

    it("are compared without regard to case; drift is written over by the next update", async () => {
      const probe = await issuer.create(await served());
      const [thumbprint = ""] = probe.outs.thumbprints ?? [];
      const inputs = withKeys({ thumbprints: [COLONS(thumbprint)] });
      const { id, outs } = await issuer.create(inputs);
      assert.deepEqual((await record(outs)).thumbprints, [thumbprint]);
      assert.equal(await changes(id, outs, inputs), false);
      assert.equal(await changes(id, outs, { ...inputs, thumbprints: [thumbprint] }), false);
      assert.equal(await changes(id, await read(id, outs), inputs), false);

      const foreign = "ab".repeat(32);
      for (const thumbprints of [[foreign], [thumbprint, foreign], null]) {
        await lab.client.updateIssuer(outs.issuerId, { name: "mine", thumbprints });
        const drifted = await read(id, outs);
        assert.deepEqual(drifted.thumbprints, thumbprints ?? undefined);
        assert.equal(await changes(id, drifted, inputs), true);
        await issuer.update(id, drifted, inputs);
        assert.deepEqual((await record(outs)).thumbprints, [thumbprint]);
      }
    });

    it("that are no longer given do not stay trusted", async () => {
      const thumbprints = ["ab".repeat(32)];
      const inputs = withKeys();
      const { id, outs } = await issuer.create({ ...inputs, thumbprints });
      assert.equal(await changes(id, outs, inputs), true);
      const { outs: updated } = await issuer.update(id, outs, inputs);
      assert.equal((await record(outs)).thumbprints, undefined);
      assert.equal(await changes(id, updated, inputs), false);
      // State as an earlier version wrote it: what was given, and no more.
      const { pinned: _, ...earlier } = outs;
      assert.equal(await changes(id, earlier, { ...inputs, thumbprints }), false);
      assert.equal(await changes(id, earlier, inputs), true);
    });

    it("are recorded anew for a new regenerateThumbprints, once", async () => {
      const regenerations = () => lab.requests("POST", /regenerate-thumbprints$/);
      const before = regenerations();
      const inputs = await served({ regenerateThumbprints: "1" });
      const { id, outs } = await issuer.create(inputs);
      assert.equal(regenerations(), before, "a registration records them anyway");
      const recorded = outs.thumbprints;
      await lab.client.updateIssuer(outs.issuerId, { name: "mine", thumbprints: null });
      assert.equal(await changes(id, outs, inputs), false);
      const news = { ...inputs, regenerateThumbprints: "2" };
      assert.equal(await changes(id, outs, news), true);
      const { outs: updated } = await issuer.update(id, outs, news);
      assert.equal(regenerations(), before + 1);
      assert.deepEqual([(await record(outs)).thumbprints, updated.thumbprints], [recorded, recorded]);
      assert.equal(await changes(id, updated, news), false);
      const { outs: without } = await issuer.update(id, updated, { ...inputs, regenerateThumbprints: undefined });
      await issuer.create({ ...news, adopt: true });
      assert.equal(regenerations(), before + 2, "an adopted issuer's may be old; no value is no wish");
      assert.equal(without.regenerateThumbprints, undefined);
    });

    it("are asked for again after a regeneration that failed behind a change", async () => {
      const inputs = await served();
      const { id, outs } = await issuer.create(inputs);
      lab.cloud.faults.add({ method: "POST", path: "*/regenerate-thumbprints", kind: "status", status: 403 });
      const news = { ...inputs, maxExpirationSeconds: 60, regenerateThumbprints: "1" };
      const error = await fails(issuer.update(id, outs, news));
      assertUserError(error, "PULUMI_CLOUD_403");
      assert.deepEqual([error.id, error.reasons], [id, [error.message]]);
      assert.equal(error.properties.maxExpirationSeconds, 60);
      assert.equal(await changes(id, error.properties, news), true);
      const patches = lab.requests("PATCH", /oidc\/issuers/);
      const { outs: updated } = await issuer.update(id, error.properties, news);
      assert.equal(lab.requests("PATCH", /oidc\/issuers/), patches, "what was written is not written again");
      assert.equal(await changes(id, updated, news), false);
    });
  });
});
