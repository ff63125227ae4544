import assert from "node:assert/strict";
import type { TestIssuer } from "../../../lab/issuer";
import { readDefinitions, removeDefinitions, writeDefinitions } from "../../../provider/cloud/policies";
import { serialise } from "../../../provider/cloud/serialise";
import { DEFAULT_DENY } from "../../../provider/trust/merge";
import type { PolicyDefinition } from "../../../provider/trust/policy";
import { refusedLater } from "../../helpers/refused";
import { allow } from "../../lab/pulumi-cloud/fixture";
import { LabClient } from "./lab-client";

describe("provider/cloud/policies", () => {
  const lab = new LabClient();
  let keys: TestIssuer;
  let issuerId: string;
  let count = 0;

  before(async () => {
    await lab.begin();
    keys = await lab.issuer();
  });
  after(() => lab.stop());
  beforeEach(async () => {
    count += 1;
    const url = `https://issuer-${count}.example.com`;
    issuerId = (await lab.client.registerIssuer({ name: "n", url, jwks: keys.jwks() })).id;
  });
  afterEach(() => {
    lab.cloud.faults.clear();
    lab.cloud.switches.policyOfUnknownIssuer = 404;
  });

  const inputs = (definitions: PolicyDefinition[], more: object = {}) => ({ issuerId, definitions, ...more });
  const ours = [allow({ sub: "ours" })];
  const others = [allow({ sub: "one", unknown: "kept" }), allow({ sub: "two" })];

  it("displaces the default deny, writes it back at the end, and says which policy it wrote", async () => {
    assert.deepEqual(await lab.policies(issuerId), [DEFAULT_DENY]);
    const { policyId } = await writeDefinitions(lab.client, inputs(ours, { replaceDefaultDeny: true }), []);
    assert.equal(policyId, (await lab.client.getPolicy(issuerId)).id);
    assert.deepEqual(await lab.policies(issuerId), ours);
    await removeDefinitions(lab.client, inputs(ours));
    assert.deepEqual(await lab.policies(issuerId), [DEFAULT_DENY]);
  });

  it("writes nothing that it must refuse", async () => {
    await refusedLater(writeDefinitions(lab.client, inputs(ours), []), "DENY_SHADOWS");
    assert.deepEqual(await lab.policies(issuerId), [DEFAULT_DENY]);
    await lab.setPolicy(issuerId, ours);
    await refusedLater(writeDefinitions(lab.client, inputs(ours), []), "POLICY_NOT_UNIQUE");
    await writeDefinitions(lab.client, inputs(ours, { adopt: true }), []);
    assert.deepEqual(await lab.policies(issuerId), ours);
    assert.equal((await lab.client.getPolicy(issuerId)).version, 2);
  });

  it("keeps others' definitions, unknown fields and order included", async () => {
    const foreign = [{ ...others[0], futureField: { a: [1] } } as unknown as PolicyDefinition, others[1]!];
    await lab.setPolicy(issuerId, foreign);
    await writeDefinitions(lab.client, inputs(ours), []);
    assert.deepEqual(await lab.policies(issuerId), [...foreign, ...ours]);
    const next = [allow({ sub: "next" })];
    await writeDefinitions(lab.client, inputs(next), ours);
    assert.deepEqual(await lab.policies(issuerId), [...foreign, ...next]);
    await removeDefinitions(lab.client, inputs(next));
    assert.deepEqual(await lab.policies(issuerId), foreign);
  });

  it("writes back what somebody took out", async () => {
    await lab.setPolicy(issuerId, others);
    await writeDefinitions(lab.client, inputs(ours), ours);
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
  });

  it("sends nothing when nothing changes", async () => {
    await lab.setPolicy(issuerId, [...others, ...ours]);
    const before = lab.requests("PATCH", /auth\/policies/);
    await writeDefinitions(lab.client, inputs(ours), ours);
    await removeDefinitions(lab.client, inputs([allow({ sub: "gone already" })]));
    assert.equal(lab.requests("PATCH", /auth\/policies/), before);
  });

  it("loses nothing when many write at once in one process", async () => {
    const many = Array.from({ length: 20 }, (_, index) => [allow({ sub: `runner-${index}` })]);
    await Promise.all(many.map((own) => writeDefinitions(lab.client, inputs(own, { replaceDefaultDeny: true }), [])));
    const subs = (await lab.policies(issuerId)).map((definition) => definition.rules.sub);
    assert.deepEqual(subs.sort(), many.map(([own]) => own?.rules.sub).sort());
    await Promise.all(
      many.map((own, index) =>
        index % 2 === 0
          ? removeDefinitions(lab.client, inputs(own))
          : writeDefinitions(lab.client, inputs([allow({ sub: `changed-${index}` })]), own),
      ),
    );
    const left = (await lab.policies(issuerId)).map((definition) => definition.rules.sub);
    assert.deepEqual(left.sort(), Array.from({ length: 10 }, (_, index) => `changed-${2 * index + 1}`).sort());
  });

  it("lets one refused write harm no other", async () => {
    const results = await Promise.allSettled([
      writeDefinitions(lab.client, inputs(ours, { replaceDefaultDeny: true }), []),
      writeDefinitions(lab.client, inputs(ours), []),
      writeDefinitions(lab.client, inputs(others), []),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(await lab.policies(issuerId), [...ours, ...others]);
  });

  it("reads which of its definitions remain", async () => {
    const both = [...ours, allow({ sub: "more" })];
    await lab.setPolicy(issuerId, [...others, ...both]);
    assert.deepEqual(await readDefinitions(lab.client, inputs(both)), both);
    await lab.setPolicy(issuerId, [...others, ...ours]);
    assert.deepEqual(await readDefinitions(lab.client, inputs(both)), ours);
    await lab.setPolicy(issuerId, others);
    assert.deepEqual(await readDefinitions(lab.client, inputs(both)), []);
  });

  for (const status of [404, 400] as const) {
    it(`takes the definitions of an issuer that is gone (${status}) for gone, and writes none to it`, async () => {
      lab.cloud.switches.policyOfUnknownIssuer = status;
      await lab.client.deleteIssuer(issuerId);
      assert.equal(await readDefinitions(lab.client, inputs(ours)), undefined);
      await removeDefinitions(lab.client, inputs(ours));
      await refusedLater(writeDefinitions(lab.client, inputs(ours), []), `PULUMI_CLOUD_${status}`);
    });
  }

  it("takes an issuer that goes between reading and writing for gone", async () => {
    await lab.setPolicy(issuerId, [...others, ...ours]);
    lab.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind: "status", status: 404 });
    await removeDefinitions(lab.client, inputs(ours));
  });

  it("does not take another failure for an issuer that is gone", async () => {
    await lab.setPolicy(issuerId, [...others, ...ours]);
    for (const [method, status] of [
      ["GET", 500],
      ["GET", 403],
      ["PATCH", 400],
      ["PATCH", 500],
    ] as const) {
      lab.cloud.faults.add({ method, path: "*/auth/policies/*", kind: "status", status });
      await refusedLater(removeDefinitions(lab.client, inputs(ours)), `PULUMI_CLOUD_${status}`);
    }
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
  });
});

describe("provider/cloud/serialise", () => {
  it("runs actions of one key in order, one at a time, and those of others beside them", async () => {
    const events: string[] = [];
    const gates = new Map<string, () => void>();
    const action = (name: string) => async () => {
      events.push(`begin ${name}`);
      await new Promise<void>((resolve) => gates.set(name, resolve));
      events.push(`end ${name}`);
      return name;
    };
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const [first, second, other] = [
      serialise("k", action("1")),
      serialise("k", action("2")),
      serialise("o", action("3")),
    ];
    await turn();
    assert.deepEqual(events, ["begin 1", "begin 3"]);
    gates.get("1")?.();
    await turn();
    assert.deepEqual(events, ["begin 1", "begin 3", "end 1", "begin 2"]);
    gates.get("2")?.();
    gates.get("3")?.();
    assert.deepEqual(await Promise.all([first, second, other]), ["1", "2", "3"]);
  });

  it("goes on after an action that fails", async () => {
    const failing = serialise("f", () => Promise.reject(new Error("no")));
    const next = serialise("f", () => Promise.resolve("yes"));
    await assert.rejects(failing, /no/);
    assert.equal(await next, "yes");
  });
});
