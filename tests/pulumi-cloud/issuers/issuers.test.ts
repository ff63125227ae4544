import assert from "node:assert/strict";
import {
  createIssuer,
  deleteIssuer,
  type IssuerInputs,
  type IssuerState,
  readIssuer,
  updateIssuer,
} from "../../../pulumi-cloud/issuers";
import { DEFAULT_DENY, leftBy, READINGS } from "../../helpers/default-deny";
import type { TestIssuer } from "../../helpers/issuer";
import { refusedLater } from "../../helpers/refused";
import { allow } from "../../lab/pulumi-cloud/fixture";
import { LabClient } from "../support/lab-client";

describe("pulumi-cloud/issuers/index", () => {
  const lab = new LabClient();
  let keys: TestIssuer;
  let inputs: IssuerInputs;
  let count = 0;

  before(async () => {
    await lab.begin();
    keys = await lab.issuer();
  });
  after(() => lab.stop());
  beforeEach(() => {
    count += 1;
    // Static keys: nobody has to serve this issuer.
    inputs = { name: `mine-${count}`, issuerUrl: `https://issuer-${count}.example.com`, jwks: keys.jwks() };
  });
  afterEach(() => {
    lab.cloud.faults.clear();
    lab.cloud.switches.policyOfUnknownIssuer = 400;
  });

  const record = (state: IssuerState) => lab.client.getIssuer(state.issuerId);
  const register = (name: string, more: object = {}) =>
    lab.client.registerIssuer({ name, url: inputs.issuerUrl, jwks: keys.jwks(), ...more });

  it("registers with every setting, and reads it back", async () => {
    const { url: issuer } = keys;
    const plain = await createIssuer(lab.client, { name: "plain", issuerUrl: issuer });
    const { issuerId, created, modified, lease, thumbprints, ...rest } = plain;
    assert.deepEqual(rest, { name: "plain", issuer, adopted: false, pinned: false });
    assert.deepEqual(thumbprints, (await lab.client.getIssuer(issuerId)).thumbprints);
    assert.equal(new Date(created ?? "").toISOString(), created);
    assert.ok(created === modified && lease);
    const state = await createIssuer(lab.client, { ...inputs, maxExpirationSeconds: 3600 });
    const found = await readIssuer(lab.client, state.issuerId);
    assert.deepEqual(
      [found?.name, found?.url, found?.maxExpiration, found?.jwks],
      [inputs.name, inputs.issuerUrl, 3600, keys.jwks()],
    );
  });

  it("passes on why a registration is refused", async () => {
    await refusedLater(
      createIssuer(lab.client, { ...inputs, thumbprints: ["00"], jwks: undefined }),
      "PULUMI_CLOUD_400",
    );
    assert.equal((await lab.client.listIssuers()).filter(({ url }) => url === inputs.issuerUrl).length, 0);
  });

  it("recognises its own create whose answer was lost, and gives it the settings of now", async () => {
    lab.cloud.faults.add({ method: "POST", path: "*/oidc/issuers", kind: "reset-after" });
    await refusedLater(createIssuer(lab.client, { ...inputs, maxExpirationSeconds: 3600 }), "PULUMI_CLOUD_UNREACHABLE");
    const state = await createIssuer(lab.client, { ...inputs, maxExpirationSeconds: 900 });
    assert.equal(state.adopted, false);
    assert.equal((await record(state)).maxExpiration, 900);
    assert.equal((await lab.client.listIssuers()).filter(({ url }) => url === inputs.issuerUrl).length, 1);
  });

  it("registers anew when the lost request had not arrived", async () => {
    lab.cloud.faults.add({ method: "POST", path: "*/oidc/issuers", kind: "reset-before" });
    await refusedLater(createIssuer(lab.client, inputs), "PULUMI_CLOUD_UNREACHABLE");
    assert.equal((await createIssuer(lab.client, inputs)).adopted, false);
  });

  it("refuses an issuer that somebody else registered, and names it", async () => {
    const theirs = await register(`${inputs.name}-2`);
    const error = await refusedLater(createIssuer(lab.client, inputs), "ISSUER_EXISTS");
    assert.ok(error.message.includes(theirs.id) && error.message.includes(theirs.name));
    await refusedLater(createIssuer(lab.client, { ...inputs, adopt: false }), "ISSUER_EXISTS");
  });

  it("adopts one only when told to, keeps its name and does not delete it", async () => {
    const theirs = await register("theirs", { maxExpiration: 7200 });
    const bare = { name: inputs.name, issuerUrl: inputs.issuerUrl, adopt: true };
    const state = await createIssuer(lab.client, bare);
    assert.deepEqual(
      [state.issuerId, state.issuer, state.adopted, state.name],
      [theirs.id, inputs.issuerUrl, true, undefined],
    );
    assert.deepEqual(await record(state), { ...theirs });
    await updateIssuer(lab.client, state, { ...bare, maxExpirationSeconds: 600 });
    assert.deepEqual([(await record(state)).name, (await record(state)).maxExpiration], ["theirs", 600]);
    await deleteIssuer(lab.client, state, true);
    assert.equal((await record(state)).id, theirs.id);
  });

  it("gives an adopted issuer the settings that are asked for", async () => {
    await register("theirs", { maxExpiration: 7200 });
    const state = await createIssuer(lab.client, { ...inputs, adopt: true, maxExpirationSeconds: 600 });
    assert.deepEqual([(await record(state)).name, (await record(state)).maxExpiration], ["theirs", 600]);
  });

  it("reads the list of issuers for a conflict alone", async () => {
    const before = lab.requests("GET", /oidc\/issuers$/);
    await createIssuer(lab.client, inputs);
    assert.equal(lab.requests("GET", /oidc\/issuers$/), before);
  });

  it("changes what changed and takes back what is no longer asked for", async () => {
    const { jwks, ...rest } = inputs;
    const other = await lab.issuer();
    const full = { ...rest, issuerUrl: other.issuer, jwks, maxExpirationSeconds: 3600 };
    const state = await createIssuer(lab.client, full);
    const renamed = await updateIssuer(lab.client, state, { ...full, name: "renamed", maxExpirationSeconds: 60 }, full);
    assert.deepEqual(renamed, { ...state, name: "renamed", modified: renamed.modified });
    const bare = { name: "renamed", issuerUrl: other.issuer };
    assert.equal((await record(state)).maxExpiration, 60);
    await updateIssuer(lab.client, state, bare, full);
    const now = await record(state);
    assert.deepEqual([now.name, now.maxExpiration, now.jwks], ["renamed", undefined, undefined]);
  });

  it("leaves alone what was never asked for", async () => {
    const state = await createIssuer(lab.client, { ...inputs, maxExpirationSeconds: 60 });
    await updateIssuer(lab.client, state, { name: "renamed", issuerUrl: inputs.issuerUrl }, { name: inputs.name });
    const now = await record(state);
    assert.deepEqual([now.name, now.maxExpiration, now.jwks], ["renamed", 60, inputs.jwks]);
  });

  it("deletes, and takes an issuer that is gone for deleted", async () => {
    const state = await createIssuer(lab.client, inputs);
    await deleteIssuer(lab.client, state, false);
    assert.equal(await readIssuer(lab.client, state.issuerId), undefined);
    await deleteIssuer(lab.client, state, false);
    await deleteIssuer(lab.client, state, true);
    lab.cloud.switches.policyOfUnknownIssuer = 404;
    await deleteIssuer(lab.client, state, false);
  });

  it("does not take a failing service for an issuer that is gone", async () => {
    const state = await createIssuer(lab.client, inputs);
    for (const status of [500, 403, 429]) {
      lab.cloud.faults.add({ path: "*/oidc/issuers/*", kind: "status", status, times: 2 });
      await refusedLater(readIssuer(lab.client, state.issuerId), `PULUMI_CLOUD_${status}`);
      await refusedLater(deleteIssuer(lab.client, state, false), `PULUMI_CLOUD_${status}`);
    }
    assert.ok(await readIssuer(lab.client, state.issuerId));
  });

  it("does not take an issuer for gone that the list has, or that no list was given for [A8]", async () => {
    const state = await createIssuer(lab.client, inputs);
    const hidden = (path: string, status = 404) => lab.cloud.faults.add({ path, kind: "status", status, times: 9 });
    const refused = async () => {
      await refusedLater(readIssuer(lab.client, state.issuerId), "ISSUER_NOT_VISIBLE");
      for (const forced of [true, false]) {
        await refusedLater(deleteIssuer(lab.client, state, forced), "ISSUER_NOT_VISIBLE");
      }
      const renamed = { ...inputs, name: "renamed" };
      await refusedLater(updateIssuer(lab.client, state, renamed, inputs), "ISSUER_NOT_VISIBLE");
    };
    for (const list of [undefined, 403, 404]) {
      if (list !== undefined) {
        hidden("*/oidc/issuers", list);
      }
      hidden("*/oidc/issuers/*");
      hidden("*/auth/policies/*");
      await refused();
      lab.cloud.faults.clear();
    }
    assert.equal((await record(state)).name, inputs.name);
    await deleteIssuer(lab.client, state, false);
    assert.equal(await readIssuer(lab.client, state.issuerId), undefined);
  });

  it("keeps an issuer while definitions of others remain, unless forced", async () => {
    const state = await createIssuer(lab.client, inputs);
    await lab.setPolicy(state.issuerId, [allow({ sub: "somebody" })]);
    await refusedLater(deleteIssuer(lab.client, state, false), "ISSUER_IN_USE");
    assert.ok(await readIssuer(lab.client, state.issuerId));
    await deleteIssuer(lab.client, state, true);
    assert.equal(await readIssuer(lab.client, state.issuerId), undefined);
  });

  it("counts a deny of somebody's own as in use", async () => {
    const state = await createIssuer(lab.client, inputs);
    await lab.setPolicy(state.issuerId, [{ ...allow({ sub: "somebody" }), decision: "deny" }]);
    await refusedLater(deleteIssuer(lab.client, state, false), "ISSUER_IN_USE");
  });

  for (const deny of [DEFAULT_DENY, READINGS["the old"].defaultPolicy[0], leftBy(allow({ sub: "gone" }))]) {
    it(`does not count a deny with the rules ${JSON.stringify(deny.rules)} as in use`, async () => {
      const state = await createIssuer(lab.client, inputs);
      await lab.setPolicy(state.issuerId, [deny]);
      await deleteIssuer(lab.client, state, false);
      assert.equal(await readIssuer(lab.client, state.issuerId), undefined);
    });
  }
});
