import assert from "node:assert/strict";
import { issuer } from "../../../../provider/resources/dynamic";
import { leaseIssuer } from "../../../../pulumi-cloud/issuers/leases";
import { registeredName } from "../../../../trust/issuers/registration/registered-name";
import { assertUserError, refusedLater } from "../../../helpers/refused";
import { issuerFixture, OURS, type Outputs } from "./fixture";

describe("provider/resources/issuer/provider: ownership", () => {
  const fixture = issuerFixture();
  const { lab, withKeys, calls, changes, read, record, fails } = fixture;

  describe("adoption by issuerId", () => {
    it("is undone by nobody, not even when the argument goes", async () => {
      const { jwks, ...inputs } = withKeys();
      const { id: issuerId } = await lab.client.registerIssuer({
        name: "theirs",
        url: inputs.issuerUrl,
        jwks,
      } as never);
      const { id, outs } = await issuer.create({ ...inputs, issuerId });
      assert.deepEqual([id, outs.adopted], [`acme/${issuerId}`, true]);
      assert.deepEqual(await issuer.diff(id, outs, { ...inputs, issuerId }), {
        changes: false,
        replaces: [],
        changed: [],
      });
      assert.deepEqual(await issuer.diff(id, outs, inputs), { changes: false, replaces: [], changed: [] });
      assert.deepEqual((await issuer.diff(id, outs, { ...inputs, issuerId: "2" })).replaces, ["issuerId"]);
      const before = calls();
      await issuer.delete(id, outs);
      assert.equal(calls(), before);
    });
  });

  describe("an issuer that another resource of the process took over", () => {
    for (const [how, more] of [
      ["adopted", (_: string) => ({ adopt: true })],
      ["adopted by its id", (issuerId: string) => ({ issuerId })],
      ["imported", (issuerId: string) => ({ importId: `acme/${issuerId}` })],
    ] as const) {
      it(`is not deleted with its old owner: ${how} under a new name`, async () => {
        const inputs = withKeys({ name: registeredName("ours", OURS) });
        const old = await issuer.create(inputs);
        const name = registeredName("ours", { ...OURS, urn: `${OURS.urn}-renamed` });
        const renamed = await issuer.create({ ...inputs, name, ...more(old.outs.issuerId) });
        assert.equal(renamed.id, old.id);
        await issuer.delete(old.id, old.outs);
        assert.ok(await record(old.outs));
        await issuer.delete(renamed.id, renamed.outs);
        const [left] = (await lab.client.listIssuers()).filter(({ url }) => url === inputs.issuerUrl);
        assert.equal(left?.id, how === "imported" ? undefined : old.outs.issuerId, "what was adopted is not deleted");
      });
    }

    it("is not deleted when a resource is replaced by itself", async () => {
      const inputs = withKeys({ name: registeredName("ours", OURS) });
      const old = await issuer.create(inputs);
      const replacement = await issuer.create(inputs);
      assert.deepEqual([replacement.id, replacement.outs.adopted], [old.id, false]);
      await issuer.delete(old.id, old.outs);
      assert.ok(await record(old.outs));
      await issuer.delete(replacement.id, replacement.outs);
      await refusedLater(record(old.outs), "PULUMI_CLOUD_404");
    });

    describe("and was killed before the old resource went [A25]", () => {
      /** What another process has: no lease of what was done before. */
      const inAnotherProcess = (outs: Outputs) => ({ ...outs, lease: leaseIssuer(outs.issuerId as string) });

      it("is not deleted when the old resource had the same name", async () => {
        const inputs = withKeys({ name: registeredName("ours", OURS) });
        const old = await issuer.create(inputs);
        const replacement = await issuer.create(inputs);
        const again = await issuer.create(inputs);
        for (const { outs } of [old, replacement]) {
          await issuer.delete(old.id, inAnotherProcess(outs as Outputs));
          assert.ok(await record(old.outs));
        }
        assert.equal(await changes(again.id, again.outs, inputs), false);
        await issuer.delete(again.id, inAnotherProcess(await read(again.id, again.outs)));
        await refusedLater(record(old.outs), "PULUMI_CLOUD_404");
      });

      it("is not deleted when the old resource never learned its id", async () => {
        const inputs = withKeys({ name: registeredName("ours", OURS) });
        lab.cloud.faults.add({ method: "POST", path: "*/oidc/issuers", kind: "reset-after" });
        lab.cloud.faults.add({ method: "GET", path: "*/oidc/issuers", kind: "status", status: 403 });
        const { id, properties } = await fails(issuer.create(inputs));
        const replacement = await issuer.create(inputs);
        await issuer.delete(id, properties);
        assert.ok(await record(replacement.outs));
        await issuer.delete(replacement.id, replacement.outs);
        await refusedLater(record(replacement.outs), "PULUMI_CLOUD_404");
      });

      it("is not deleted when it was imported under a new name with the same label", async () => {
        const inputs = withKeys({ name: registeredName("ours", OURS) });
        const old = await issuer.create(inputs);
        const name = registeredName("ours", { ...OURS, urn: `${OURS.urn}-renamed` });
        const renamed = await issuer.create({ ...inputs, name, importId: old.id });
        await issuer.delete(old.id, inAnotherProcess(old.outs as Outputs));
        assert.ok(await record(renamed.outs));
      });

      it("is deleted when people gave it another name", async () => {
        const inputs = withKeys({ name: registeredName("ours", OURS) });
        const { id, outs } = await issuer.create(inputs);
        await lab.client.updateIssuer(outs.issuerId, { name: "by hand" });
        await issuer.delete(id, inAnotherProcess(outs as Outputs));
        await refusedLater(record(outs), "PULUMI_CLOUD_404");
      });
    });

    it("keeps its mark through updates and refreshes, and is deleted otherwise", async () => {
      const inputs = withKeys();
      const { id, outs } = await issuer.create(inputs);
      const { outs: updated } = await issuer.update(id, outs, { ...inputs, maxExpirationSeconds: 60 });
      await issuer.delete(id, await read(id, updated));
      await refusedLater(record(outs), "PULUMI_CLOUD_404");
    });
  });

  describe("import", () => {
    const theirs = async (more: object = {}) => {
      const inputs = withKeys({ name: registeredName("ours", OURS) });
      const { issuerUrl: url, jwks } = inputs;
      return { inputs, registered: await lab.client.registerIssuer({ name: "theirs", url, jwks, ...more } as never) };
    };

    it("owns the issuer, and leaves no trace", async () => {
      const { inputs, registered } = await theirs({ maxExpiration: 60 });
      const importId = `acme/${registered.id}`;
      const { id, outs } = await issuer.create({ ...inputs, importId });
      assert.deepEqual([id, outs.adopted, "importId" in outs], [importId, false, false]);
      const now = await record(outs);
      assert.deepEqual([now.name.slice(0, -8), now.maxExpiration], [inputs.name, 60]);
      assert.deepEqual(await issuer.diff(id, outs, { ...inputs, importId }), {
        changes: false,
        replaces: [],
        changed: [],
      });
      assert.deepEqual(await issuer.diff(id, outs, inputs), { changes: false, replaces: [], changed: [] });
      assert.deepEqual((await issuer.diff(id, outs, { ...inputs, importId: "acme/2" })).replaces, ["importId"]);
      const { outs: updated } = await issuer.update(id, outs, { ...inputs, importId, maxExpirationSeconds: 600 });
      assert.equal("importId" in updated, false);
      await issuer.delete(id, updated);
      await refusedLater(record(outs), "PULUMI_CLOUD_404");
    });

    it("refuses what can't be meant, and changes nothing", async () => {
      const { inputs, registered } = await theirs();
      for (const [importId, code] of [
        [`other/${registered.id}`, "IMPORT_ID_INVALID"],
        [registered.id, "IMPORT_ID_INVALID"],
        ["acme/none", "ISSUER_NOT_FOUND"],
      ] as const) {
        assertUserError(await fails(issuer.create({ ...inputs, importId })), code);
      }
      const issuerUrl = "https://another.example.com";
      const error = await fails(issuer.create({ ...inputs, issuerUrl, importId: `acme/${registered.id}` }));
      assertUserError(error, "ISSUER_MISMATCH");
      assert.deepEqual(await lab.client.getIssuer(registered.id), registered);
    });

    it("by the engine reads inputs and outputs from the id alone", async () => {
      const { inputs, registered } = await theirs({ maxExpiration: 60 });
      const { issuerUrl, jwks } = inputs;
      const id = `acme/${registered.id}`;
      const { caCertificates } = fixture.connection;
      const answer = await issuer.read(id, { caCertificates });
      const given = { ...fixture.connection, name: "theirs", issuerUrl, jwks, maxExpirationSeconds: 60 };
      assert.deepEqual((answer as { inputs?: object }).inputs, given);
      const outs = answer.props as Outputs;
      const { issuerId, issuer: found, adopted, created } = outs;
      assert.deepEqual([issuerId, found, adopted, answer.id], [registered.id, issuerUrl, false, id]);
      assert.ok(created);
      assert.equal(await changes(id, outs, given), false);
      assertUserError(await fails(issuer.read("acme/none", { caCertificates })), "ISSUER_NOT_FOUND");
      assertUserError(await fails(issuer.read("acme", { caCertificates })), "IMPORT_ID_INVALID");
      await issuer.delete(id, outs);
      await refusedLater(record(outs), "PULUMI_CLOUD_404");
    });
  });
});
