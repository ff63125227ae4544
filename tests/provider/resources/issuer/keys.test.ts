import assert from "node:assert/strict";
import { issuer } from "../../../../provider/resources/dynamic";
import { assertUserError } from "../../../helpers/refused";
import { type ClusterStub, startClusterStub } from "../../../pulumi-cloud/support/cluster-stub";
import { type Inputs, issuerFixture } from "./fixture";

describe("provider/resources/issuer/provider: keys", () => {
  const fixture = issuerFixture();
  const { lab, withKeys, served, changes, read, record, fails } = fixture;

  describe("jwks", () => {
    it("drift behind our back and are written over by the next update", async () => {
      const inputs = withKeys();
      const { id, outs } = await issuer.create(inputs);
      const foreign = (await lab.issuer()).jwks();
      await lab.client.updateIssuer(outs.issuerId, { name: "mine", jwks: foreign });
      const drifted = await read(id, outs);
      assert.deepEqual(drifted.jwks, foreign);
      assert.equal(await changes(id, drifted, inputs), true);
      await issuer.update(id, drifted, inputs);
      assert.deepEqual((await record(outs)).jwks, inputs.jwks);
    });

    it("are no drift in another order or with more said of them", async () => {
      const [one, two] = [fixture.keys.jwks().keys[0], (await lab.issuer()).jwks().keys[0]] as [object, object];
      const inputs = withKeys({ jwks: { keys: [one, two] } });
      const { id, outs } = await issuer.create(inputs);
      await lab.client.updateIssuer(outs.issuerId, { name: "mine", jwks: { keys: [{ ...two }, { ...one, x5c: [] }] } });
      assert.deepEqual((await read(id, outs)).jwks, inputs.jwks);
    });

    it("that were put in behind our back are no drift of an issuer without", async () => {
      const inputs = await served();
      const { id, outs } = await issuer.create(inputs);
      await lab.client.updateIssuer(outs.issuerId, { name: "mine", jwks: fixture.keys.jwks() });
      const now = await read(id, outs);
      assert.equal(now.jwks, undefined);
      assert.equal(await changes(id, now, inputs), false);
    });
  });

  describe("jwksFromCluster", () => {
    const url = "https://kubernetes.default.svc.cluster.local";
    let cluster: ClusterStub;
    let inputs: Inputs;

    beforeEach(async () => {
      cluster = await startClusterStub(url, (await lab.issuer()).jwks());
      inputs = {
        ...fixture.connection,
        name: "mine",
        issuerUrl: url,
        jwksFromCluster: { kubeconfig: cluster.write("kubeconfig") },
      };
    });
    afterEach(async () => {
      for (const { id, url: registered } of await lab.client.listIssuers()) {
        if (registered === url) await lab.client.deleteIssuer(id);
      }
      await cluster.stop();
    });

    it("uploads the cluster's keys, and sees rotated ones as drift that the next update uploads", async () => {
      const { id, outs } = await issuer.create(inputs);
      assert.deepEqual([(await record(outs)).jwks, outs.jwks], [cluster.keys, cluster.keys]);
      assert.deepEqual(await read(id, outs), outs);
      assert.equal(await changes(id, outs, inputs), false);

      cluster.keys = (await lab.issuer()).jwks();
      assert.equal(await changes(id, outs, inputs), false, "only a refresh asks the cluster");
      const drifted = await read(id, outs);
      assert.deepEqual([drifted.jwks, drifted.clusterJwks], [outs.jwks, cluster.keys]);
      assert.equal(await changes(id, drifted, inputs), true);
      const { outs: updated } = await issuer.update(id, drifted, inputs);
      assert.deepEqual([(await record(outs)).jwks, updated.jwks], [cluster.keys, cluster.keys]);
      assert.equal(await changes(id, updated, inputs), false);
      assert.deepEqual((await read(id, updated)).clusterJwks, undefined);
    });

    it("writes over keys that were put in behind our back", async () => {
      const { id, outs } = await issuer.create(inputs);
      for (const jwks of [fixture.keys.jwks(), { keys: [...cluster.keys.keys, ...fixture.keys.jwks().keys] }]) {
        await lab.client.updateIssuer(outs.issuerId, { name: "mine", jwks: jwks as never });
        const drifted = await read(id, outs);
        assert.equal(await changes(id, drifted, inputs), true);
        await issuer.update(id, drifted, inputs);
        assert.deepEqual((await record(outs)).jwks, cluster.keys);
      }
    });

    it("takes the keys out again when it is no longer asked for", async () => {
      const served = await lab.issuer();
      cluster.issuer = served.issuer;
      const { jwksFromCluster, ...without } = { ...inputs, issuerUrl: served.issuer };
      const { id, outs } = await issuer.create({ ...without, jwksFromCluster });
      assert.equal(await changes(id, outs, without), true);
      const { outs: updated } = await issuer.update(id, outs, without);
      assert.deepEqual([(await record(outs)).jwks, updated.jwks], [undefined, undefined]);
      assert.equal(await changes(id, updated, without), false);
      const { outs: given } = await issuer.update(id, updated, { ...without, jwks: fixture.keys.jwks() });
      const { outs: fromCluster } = await issuer.update(id, given, { ...without, jwksFromCluster });
      assert.deepEqual([(await record(outs)).jwks, fromCluster.jwks], [cluster.keys, cluster.keys]);
    });

    it("registers nothing for a cluster that is another issuer or does not answer", async () => {
      cluster.issuer = `${url}/`;
      assertUserError(await fails(issuer.create(inputs)), "CLUSTER_ISSUER_MISMATCH");
      cluster.status = 403;
      assertUserError(await fails(issuer.create(inputs)), "CLUSTER_KEYS_UNREADABLE");
      assert.equal((await lab.client.listIssuers()).filter((entry) => entry.url === url).length, 0);
    });

    it("keeps only the path in state", async () => {
      const { outs } = await issuer.create(inputs);
      assert.ok(!JSON.stringify(outs).includes(cluster.kubeconfig.token));
      assert.deepEqual(outs.jwksFromCluster, inputs.jwksFromCluster);
    });
  });
});
