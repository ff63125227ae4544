import assert from "node:assert/strict";
import { issuer } from "../../../../provider/resources/dynamic";
import { registeredName } from "../../../../trust/issuers/registration/registered-name";
import { assertUserError, refusedLater } from "../../../helpers/refused";
import { issuerFixture, OURS } from "./fixture";

describe("provider/resources/issuer/provider: failures", () => {
  const fixture = issuerFixture();
  const { lab, withKeys, changes, read, record, fails } = fixture;

  describe("what a failure leaves", () => {
    /** A registration that was made and could not be confirmed. */
    async function unconfirmed() {
      const inputs = withKeys({ name: registeredName("ours", OURS) });
      const { issuerUrl: url, jwks, name } = inputs;
      const { id: issuerId } = await lab.client.registerIssuer({ name, url, jwks } as never);
      lab.cloud.faults.add({ method: "GET", path: "*/oidc/issuers", kind: "status", status: 403 });
      const error = await fails(issuer.create(inputs));
      assertUserError(error, "PULUMI_CLOUD_403");
      assert.deepEqual([error.id, error.properties], ["acme/unconfirmed", { ...inputs, uncertain: true }]);
      return { inputs, issuerId, error };
    }

    it("of a create without answer is made anew, with the right id, and loses nothing on the way", async () => {
      const { inputs, issuerId, error } = await unconfirmed();
      const diff = await issuer.diff(error.id, error.properties, inputs);
      assert.deepEqual([diff.changes, diff.replaces], [true, ["issuerId"]]);
      const { id, outs } = await issuer.create(inputs);
      await issuer.delete(error.id, error.properties);
      assert.equal(id, `acme/${issuerId}`);
      assert.ok(await record(outs));
    });

    it("of a create without answer is found by update, refresh and destroy", async () => {
      const { inputs, issuerId, error } = await unconfirmed();
      assert.equal((await issuer.update(error.id, error.properties, inputs)).outs.issuerId, issuerId);
      const refreshed = await issuer.read(error.id, error.properties);
      assert.equal(refreshed.id, `acme/${issuerId}`);
      assert.equal(await changes(refreshed.id, refreshed.props, inputs), false);
      const again = await unconfirmed();
      await issuer.delete(again.error.id, again.error.properties);
      await refusedLater(lab.client.getIssuer(again.issuerId), "PULUMI_CLOUD_404");
      assert.deepEqual(await issuer.read(again.error.id, again.error.properties), { id: "", props: {} });
    });

    it("of a change without answer is sent again, also when it is no longer wanted", async () => {
      const inputs = withKeys();
      const { id, outs } = await issuer.create(inputs);
      lab.cloud.faults.add({ method: "PATCH", path: "*/oidc/issuers/*", kind: "reset-after" });
      const headers = { "Retry-After": "0" };
      lab.cloud.faults.add({
        method: "PATCH",
        path: "*/oidc/issuers/*",
        kind: "status",
        status: 500,
        times: 4,
        headers,
      });
      const error = await fails(issuer.update(id, outs, { ...inputs, maxExpirationSeconds: 60 }));
      assert.equal((await record(outs)).maxExpiration, 60);
      assert.deepEqual([error.id, error.properties.uncertain], [id, true]);
      assert.equal(await changes(id, error.properties, inputs), true);
      const { outs: updated } = await issuer.update(id, error.properties, inputs);
      assert.equal((await record(outs)).maxExpiration, undefined);
      assert.equal(await changes(id, updated, inputs), false);
      const refreshed = await read(id, error.properties);
      assert.equal(refreshed.uncertain, undefined);
    });

    it("of a refused change is the state before", async () => {
      const inputs = withKeys();
      const { id, outs } = await issuer.create(inputs);
      lab.cloud.faults.add({ method: "PATCH", path: "*/oidc/issuers/*", kind: "status", status: 400 });
      const error = await fails(issuer.update(id, outs, { ...inputs, maxExpirationSeconds: 60 }));
      assertUserError(error, "PULUMI_CLOUD_400");
      assert.equal(error.id, undefined);
    });

    it("says of an issuer that was deleted behind our back how to get it again", async () => {
      const inputs = withKeys();
      const { id, outs } = await issuer.create(inputs);
      await lab.client.deleteIssuer(outs.issuerId);
      const error = await fails(issuer.update(id, outs, { ...inputs, maxExpirationSeconds: 60 }));
      assertUserError(error, "ISSUER_NOT_FOUND");
      assert.match(error.message, /pulumi up --refresh/);
    });
  });
});
