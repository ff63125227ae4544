import assert from "node:assert/strict";
import type { TestIssuer } from "../../../lab/issuer";
import { issuer } from "../../../provider/resources/dynamic";
import { registeredName } from "../../../provider/trust/issuers/registered-name";
import { assertUserError, refusedLater } from "../../helpers/refused";
import { podClaims } from "../../lab/pulumi-cloud/fixture";
import { type ClusterStub, startClusterStub } from "../cloud/cluster-stub";
import { LabClient } from "../cloud/lab-client";

type Inputs = Parameters<typeof issuer.create>[0];
type Outputs = Parameters<typeof issuer.update>[1];

/** An error of a create or an update after which something exists. */
interface Kept extends Error {
  id: string;
  properties: Outputs;
  reasons: string[];
}

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const COLONS = (thumbprint: string) => (thumbprint.toUpperCase().match(/../g) ?? []).join(":");
const OURS = { organization: "acme", project: "infra", stack: "prod", urn: "urn:pulumi:prod::infra::t::one" };

describe("provider/resources/issuer-provider", () => {
  const lab = new LabClient();
  const saved = { ...process.env };
  let connection: { organization: string; apiUrl: string; caCertificates: string };
  let keys: TestIssuer;
  let count = 0;

  before(async () => {
    await lab.begin();
    keys = await lab.issuer();
    connection = { organization: "acme", apiUrl: lab.cloud.url, caCertificates: lab.authority.certificatePem };
    process.env.PULUMI_BACKEND_URL = lab.cloud.url;
    process.env.PULUMI_ACCESS_TOKEN = lab.cloud.adminToken;
  });
  after(async () => {
    for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"]) {
      delete process.env[name];
      Object.assign(process.env, saved[name] === undefined ? {} : { [name]: saved[name] });
    }
    await lab.stop();
  });
  afterEach(() => lab.cloud.faults.clear());

  /** Inputs for an issuer that nobody serves. */
  const withKeys = (more: object = {}): Inputs => {
    count += 1;
    return { ...connection, name: "mine", url: `https://provider-${count}.example.com`, jwks: keys.jwks(), ...more };
  };
  /** Inputs for an issuer that Pulumi Cloud reaches. */
  const served = async (more: object = {}): Promise<Inputs> => {
    const { issuer: url } = await lab.issuer();
    return { ...connection, name: "mine", url, ...more };
  };
  const calls = () => lab.cloud.journal.list().length;
  const changes = async (id: string, olds: object, news: Inputs) =>
    (await issuer.diff(id, olds as Outputs, news)).changes;
  const read = async (id: string, outs: object) => (await issuer.read(id, outs)).props as Outputs;
  const record = (outs: { issuerId?: string }) => lab.client.getIssuer(outs.issuerId ?? "");
  const fails = async (action: Promise<unknown>): Promise<Kept> =>
    action.then(
      () => assert.fail("not refused"),
      (error: unknown) => error as Kept,
    );

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

    it("leaves what is not known yet", async () => {
      const inputs = {
        ...withKeys(),
        maxExpirationSeconds: UNKNOWN,
        thumbprints: [UNKNOWN],
        jwks: UNKNOWN,
        url: UNKNOWN,
      };
      assert.deepEqual(await check(inputs), { inputs, failures: [] });
    });

    for (const [code, more] of [
      ["EXPIRATION_INVALID", { maxExpirationSeconds: "2 hours" }],
      ["THUMBPRINT_INVALID", { thumbprints: ["ab"] }],
      ["JWKS_INVALID", { jwks: { keys: [] } }],
      ["JWKS_PRIVATE", { jwks: { keys: [{ kty: "oct", k: "AAAA" }] } }],
      ["JWKS_OF_ROTATING_ISSUER", { url: "https://oidc.eks.eu-west-1.amazonaws.com/id/A" }],
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
      const [one, two] = [keys.jwks().keys[0], (await lab.issuer()).jwks().keys[0]] as [object, object];
      const inputs = withKeys({ jwks: { keys: [one, two] } });
      const { id, outs } = await issuer.create(inputs);
      await lab.client.updateIssuer(outs.issuerId, { name: "mine", jwks: { keys: [{ ...two }, { ...one, x5c: [] }] } });
      assert.deepEqual((await read(id, outs)).jwks, inputs.jwks);
    });

    it("that were put in behind our back are no drift of an issuer without", async () => {
      const inputs = await served();
      const { id, outs } = await issuer.create(inputs);
      await lab.client.updateIssuer(outs.issuerId, { name: "mine", jwks: keys.jwks() });
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
      inputs = { ...connection, name: "mine", url, jwksFromCluster: { kubeconfig: cluster.write("kubeconfig") } };
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
      for (const jwks of [keys.jwks(), { keys: [...cluster.keys.keys, ...keys.jwks().keys] }]) {
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
      const { jwksFromCluster, ...without } = { ...inputs, url: served.issuer };
      const { id, outs } = await issuer.create({ ...without, jwksFromCluster });
      assert.equal(await changes(id, outs, without), true);
      const { outs: updated } = await issuer.update(id, outs, without);
      assert.deepEqual([(await record(outs)).jwks, updated.jwks], [undefined, undefined]);
      assert.equal(await changes(id, updated, without), false);
      const { outs: given } = await issuer.update(id, updated, { ...without, jwks: keys.jwks() });
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

  it("tells when the issuer was used, and makes no change of it", async () => {
    const inputs = withKeys({ url: keys.issuer });
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
    assert.equal((await lab.exchange(await keys.sign(podClaims("ci", "deployer")))).status, 200);
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
      const { url } = inputs;
      await lab.client.registerIssuer({ name: "theirs", url, jwks: keys.jwks() });
      const { id, outs } = await issuer.create(inputs);
      assert.equal(await changes(id, outs, { ...inputs, name: registeredName("other", OURS) }), false);
      const { outs: updated } = await issuer.update(id, outs, { ...inputs, maxExpirationSeconds: 60 });
      await lab.client.updateIssuer(outs.issuerId, { name: "theirs, renamed" });
      assert.equal(await changes(id, await read(id, updated), { ...inputs, maxExpirationSeconds: 60 }), false);
      assert.equal((await record(outs)).name, "theirs, renamed");
    });
  });

  describe("adoption by issuerId", () => {
    it("is undone by nobody, not even when the argument goes", async () => {
      const { jwks, ...inputs } = withKeys();
      const { id: issuerId } = await lab.client.registerIssuer({ name: "theirs", url: inputs.url, jwks } as never);
      const { id, outs } = await issuer.create({ ...inputs, issuerId });
      assert.deepEqual([id, outs.adopted], [`acme/${issuerId}`, true]);
      assert.deepEqual(await issuer.diff(id, outs, { ...inputs, issuerId }), { changes: false, replaces: [] });
      assert.deepEqual(await issuer.diff(id, outs, inputs), { changes: false, replaces: [] });
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
        const [left] = (await lab.client.listIssuers()).filter(({ url }) => url === inputs.url);
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
      const { url, jwks } = inputs;
      return { inputs, registered: await lab.client.registerIssuer({ name: "theirs", url, jwks, ...more } as never) };
    };

    it("owns the issuer, and leaves no trace", async () => {
      const { inputs, registered } = await theirs({ maxExpiration: 60 });
      const importId = `acme/${registered.id}`;
      const { id, outs } = await issuer.create({ ...inputs, importId });
      assert.deepEqual([id, outs.adopted, "importId" in outs], [importId, false, false]);
      const now = await record(outs);
      assert.deepEqual([now.name, now.maxExpiration], [inputs.name, 60]);
      assert.deepEqual(await issuer.diff(id, outs, { ...inputs, importId }), { changes: false, replaces: [] });
      assert.deepEqual(await issuer.diff(id, outs, inputs), { changes: false, replaces: [] });
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
      const url = "https://another.example.com";
      const error = await fails(issuer.create({ ...inputs, url, importId: `acme/${registered.id}` }));
      assertUserError(error, "ISSUER_MISMATCH");
      assert.deepEqual(await lab.client.getIssuer(registered.id), registered);
    });

    it("by the engine reads inputs and outputs from the id alone", async () => {
      const { inputs, registered } = await theirs({ maxExpiration: 60 });
      const { url, jwks } = inputs;
      const id = `acme/${registered.id}`;
      const { caCertificates } = connection;
      const answer = await issuer.read(id, { caCertificates });
      const given = { ...connection, name: "theirs", url, jwks, maxExpirationSeconds: 60 };
      assert.deepEqual((answer as { inputs?: object }).inputs, given);
      const outs = answer.props as Outputs;
      const { issuerId, issuer: found, adopted, created } = outs;
      assert.deepEqual([issuerId, found, adopted, answer.id], [registered.id, url, false, id]);
      assert.ok(created);
      assert.equal(await changes(id, outs, given), false);
      assertUserError(await fails(issuer.read("acme/none", { caCertificates })), "ISSUER_NOT_FOUND");
      assertUserError(await fails(issuer.read("acme", { caCertificates })), "IMPORT_ID_INVALID");
      await issuer.delete(id, outs);
      await refusedLater(record(outs), "PULUMI_CLOUD_404");
    });
  });

  describe("what a failure leaves", () => {
    /** A registration that was made and could not be confirmed. */
    async function unconfirmed() {
      const inputs = withKeys({ name: registeredName("ours", OURS) });
      const { url, jwks, name } = inputs;
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

  it("refuses an issuer that calls itself otherwise by now, and makes way before it is replaced", async () => {
    const inputs = withKeys();
    const { id, outs } = await issuer.create(inputs);
    const mismatched = { ...outs, issuer: `${outs.issuer}/` };
    assert.deepEqual(await issuer.diff(id, mismatched, inputs), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: true,
    });
    const diff = await issuer.diff(id, mismatched, { ...inputs, url: `${inputs.url}/` });
    assert.deepEqual([diff.replaces, diff.deleteBeforeReplace], [["url"], true]);
    assert.equal((await issuer.diff(id, outs, { ...inputs, url: `${inputs.url}/` })).deleteBeforeReplace, undefined);
  });
});
