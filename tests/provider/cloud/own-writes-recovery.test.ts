import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OwnWrites } from "../../../provider/cloud/own-writes";
import { removeDefinitions, writeDefinitions } from "../../../provider/cloud/policies";
import { forgetPolicies } from "../../../provider/cloud/policy-queue";
import type { Timing } from "../../../provider/cloud/timing";
import { QUIET_WINDOW_MS } from "../../../provider/cloud/write-types";
import type { PolicyDefinition } from "../../../provider/trust/policy";
import { refusedLater } from "../../helpers/refused";
import { allow } from "../../lab/pulumi-cloud/fixture";
import { LabClient } from "./lab-client";
import { steppedTime } from "./stepped-time";

const steps = steppedTime();

/** Time that stops at the quiet window, as it does for who is killed in it. */
const killed: Timing = {
  ...steps,
  sleep: (ms) => (ms === QUIET_WINDOW_MS ? Promise.reject(new Error("killed")) : steps.sleep(ms)),
};

describe("provider/cloud/policies: what a killed update wrote", () => {
  const lab = new LabClient();
  let directory: string;
  let issuerId: string;
  let count = 0;

  before(() => lab.begin());
  after(() => lab.stop());
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-own-"));
    count += 1;
    const jwks = (await lab.issuer()).jwks();
    const url = `https://issuer-${count}.example.com`;
    issuerId = (await lab.client.registerIssuer({ name: `n-${count}`, url, jwks })).id;
    await lab.setPolicy(issuerId, others);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const others = [allow({ sub: "one" })];
  const ours = [allow({ sub: "ours" })];
  const next = [allow({ sub: "next" })];

  /** A process of its own. */
  function write(...args: Parameters<typeof writeBeside>) {
    forgetPolicies();
    return writeBeside(...args);
  }
  async function writeBeside(
    definitions: PolicyDefinition[],
    remove: PolicyDefinition[] = [],
    owner?: string,
    timing = steps,
  ): Promise<unknown> {
    const writer = { apiUrl: "https://api.example", organization: "acme", issuerId, owner: owner ?? "me" };
    const own = owner === "" ? undefined : new OwnWrites(writer, { directory, now: Date.now });
    const pace = { timing, quietWindowMs: QUIET_WINDOW_MS };
    return definitions.length > 0
      ? writeDefinitions(lab.client, { issuerId, definitions, own }, remove, pace)
      : removeDefinitions(lab.client, { issuerId, definitions: remove, own }, pace);
  }
  const dies = (...[definitions, remove]: Parameters<typeof write>) =>
    refusedLater(write(definitions, remove, "me", killed), "POLICY_WRITE_UNCERTAIN");
  const version = async () => (await lab.client.getPolicy(issuerId)).version;

  it("is its own at the next create, which writes nothing again", async () => {
    await dies(ours);
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
    const before = await version();
    await write(ours);
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
    assert.equal(await version(), before);
    await write([], ours);
    assert.deepEqual(await lab.policies(issuerId), others);
    assert.deepEqual(readdirSync(directory), [], "no note outlives its definition");
  });

  it("is its own at the next update, whether or not a refresh saw the old one gone", async () => {
    await write(ours);
    await dies(next, ours);
    await write(next, ours);
    assert.deepEqual(await lab.policies(issuerId), [...others, ...next]);
    await dies(ours, next);
    await write(ours, []);
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
  });

  it("is another's for every other resource, and where there are no notes", async () => {
    await dies(ours);
    await refusedLater(write(ours, [], "other"), "POLICY_NOT_UNIQUE");
    await refusedLater(write(ours, [], ""), "POLICY_NOT_UNIQUE");
    await write(ours);
  });

  it("is not what was refused: by the merge, beside it in a batch, or by the service", async () => {
    await refusedLater(write(others), "POLICY_NOT_UNIQUE");
    await refusedLater(write(others), "POLICY_NOT_UNIQUE");
    const both = await Promise.allSettled([write(ours), writeBeside(ours, [], "other")]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
    await refusedLater(write(ours, [], "other"), "POLICY_NOT_UNIQUE");
    lab.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind: "status", status: 403 });
    await refusedLater(write(next), "PULUMI_CLOUD_403");
    await lab.setPolicy(issuerId, [...others, ...next]);
    await refusedLater(write(next), "POLICY_NOT_UNIQUE");
  });

  it("is not what it removed since: that an equal one is there now is another's doing", async () => {
    await write(ours);
    await write(next, ours);
    await lab.setPolicy(issuerId, [...next, ...ours]);
    await refusedLater(write([...next, ...ours], next), "POLICY_NOT_UNIQUE");
    await write([], next);
    await lab.setPolicy(issuerId, [...next, ...ours]);
    await refusedLater(write(next), "POLICY_NOT_UNIQUE");
  });

  it("goes when the program has given it up since, be it an allow; nobody else's does", async () => {
    await write(ours);
    await dies(next, ours);
    await write([], ours, "other");
    assert.deepEqual(await lab.policies(issuerId), [...others, ...next]);
    await write(ours, []);
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
    await dies(next, ours);
    await write([], ours);
    assert.deepEqual(await lab.policies(issuerId), others);
    assert.deepEqual(readdirSync(directory), []);
  });

  it("stays when it is a deny", async () => {
    const deny = [{ ...allow({ sub: "x" }), decision: "deny" as const }];
    await dies(deny);
    await write(ours);
    assert.deepEqual(await lab.policies(issuerId), [...others, ...deny, ...ours]);
  });

  it("costs a read only where something was given up", async () => {
    const reads = () => lab.requests("GET", /auth\/policies/);
    const count = async (...[definitions, remove]: Parameters<typeof write>) => {
      const before = reads();
      await write(definitions, remove);
      return reads() - before;
    };
    assert.equal(await count(ours), 3);
    assert.equal(await count(next, ours), 3);
    await dies(ours, next);
    assert.equal(await count(next, []), 4);
    assert.equal(await count(ours, next), 3);
  });
});
