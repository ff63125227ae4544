import assert from "node:assert/strict";
import { readDefinitions, removeDefinitions, writeDefinitions } from "../../../pulumi-cloud/policies";
import { forgetPolicies, forgetReading, untilConfirmed } from "../../../pulumi-cloud/policies/queue";
import { QUIET_WINDOW_MS } from "../../../pulumi-cloud/policies/types";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { DEFAULT_DENY, leftBy, READINGS } from "../../helpers/default-deny";
import type { TestIssuer } from "../../helpers/issuer";
import { refusedLater } from "../../helpers/refused";
import { allow } from "../../lab/pulumi-cloud/fixture";
import { LabClient } from "../support/lab-client";
import { steppedTime } from "../support/stepped-time";

const PACE = { timing: steppedTime(), quietWindowMs: QUIET_WINDOW_MS };
const warnings: string[] = [];
const warn = (line: string) => void warnings.push(line);
const write = (...[client, inputs, removed]: Parameters<typeof writeDefinitions>) =>
  writeDefinitions(client, inputs, removed, PACE, warn);
const remove = (...[client, inputs]: Parameters<typeof removeDefinitions>) =>
  removeDefinitions(client, inputs, PACE, warn);

describe("pulumi-cloud/policies/definitions", () => {
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
    warnings.splice(0);
    count += 1;
    const url = `https://issuer-${count}.example.com`;
    issuerId = (await lab.client.registerIssuer({ name: "n", url, jwks: keys.jwks() })).id;
  });
  afterEach(() => {
    lab.cloud.faults.clear();
    Object.assign(lab.cloud.switches, { policyOfUnknownIssuer: 400, ...READINGS.observed });
  });

  const inputs = (policies: PolicyDefinition[], more: object = {}) => ({
    ...{ issuerId, policies, lease: "one" },
    ...more,
  });
  const ours = [allow({ sub: "ours" })];
  const others = [allow({ sub: "one", unknown: "kept" }), allow({ sub: "two" })];

  for (const [reading, switches] of Object.entries(READINGS)) {
    it(`displaces ${reading} default deny, denies its subject at the end, and says which policy it wrote [A0]`, async () => {
      const url = `https://${count}.example.com`;
      Object.assign(lab.cloud.switches, switches);
      const { id } = await lab.client.registerIssuer({ name: "n", url, jwks: keys.jwks() });
      const mine = { ...inputs(ours), issuerId: id };
      assert.deepEqual(await lab.policies(id), switches.defaultPolicy);
      const { policyId } = await write(lab.client, mine, []);
      assert.equal(policyId, (await lab.client.getPolicy(id)).id);
      assert.deepEqual(await lab.policies(id), ours);
      await remove(lab.client, mine);
      assert.deepEqual(await lab.policies(id), [leftBy(ours[0] as PolicyDefinition)]);
      await write(lab.client, mine, []);
      assert.deepEqual(await lab.policies(id), ours);
    });
  }

  it("leaves a default deny that is not the first write's", async () => {
    await remove(lab.client, inputs(ours));
    assert.deepEqual(await lab.policies(issuerId), [DEFAULT_DENY]);
    assert.equal((await lab.client.getPolicy(issuerId)).version, 1);
  });

  it("says what a refused policy for runner tokens can be refused for, and nothing of others", async () => {
    lab.cloud.switches.runnerPolicies = "refuse";
    const pool = [{ ...ours[0], tokenType: "runner", runnerID: "r-1" } as PolicyDefinition];
    await assert.rejects(
      write(lab.client, inputs(pool), []),
      /PULUMI_CLOUD_400: .* Fix: check runnerID: Pulumi Cloud may/,
    );
    lab.cloud.switches.maximumDefinitions = 1;
    await assert.rejects(write(lab.client, inputs(others), []), /PULUMI_CLOUD_400: .* Fix: change the argument/);
    Object.assign(lab.cloud.switches, { runnerPolicies: "accept", maximumDefinitions: 5000 });
    await write(lab.client, inputs(pool), []);
  });

  it("says that an organization token needs a role, where the service asks for one", async () => {
    lab.cloud.switches.organizationNeedsPermissionOrRole = true;
    await assert.rejects(
      write(lab.client, inputs(ours), []),
      /PULUMI_CLOUD_400: .* Fix: give the organization token a/,
    );
    await write(lab.client, inputs([{ ...ours[0], roleID: "r" } as PolicyDefinition]), []);
    lab.cloud.switches.organizationNeedsPermissionOrRole = false;
    await write(lab.client, inputs(ours), []);
  });

  it("says of an entry of others that the service does not take back whose it is", async () => {
    const wide = { ...allow({ sub: "*", aud: "a" }), decision: "deny" } as PolicyDefinition;
    await lab.setPolicy(issuerId, [...others, wide]);
    await assert.rejects(write(lab.client, inputs(ours), []), /strict matching portion .* Fix: .* an entry of others/);
    assert.deepEqual(await lab.policies(issuerId), [...others, wide]);
    lab.cloud.switches.literalParts = "non-empty";
    await write(lab.client, inputs(ours), []);
    assert.deepEqual(await lab.policies(issuerId), [...others, wide, ...ours]);
  });

  it("writes nothing that it must refuse", async () => {
    const wider = [{ ...allow({ sub: "o*" }), decision: "deny" } as PolicyDefinition];
    await lab.setPolicy(issuerId, wider);
    await refusedLater(write(lab.client, inputs(ours), []), "DENY_SHADOWS");
    assert.deepEqual(await lab.policies(issuerId), wider);
    await lab.setPolicy(issuerId, ours);
    // What the refused write read is still fresh.
    forgetReading(issuerId);
    await refusedLater(write(lab.client, inputs(ours), []), "POLICY_NOT_UNIQUE");
    await write(lab.client, inputs(ours, { adopt: true }), []);
    assert.deepEqual(await lab.policies(issuerId), ours);
    assert.equal((await lab.client.getPolicy(issuerId)).version, 3);
  });

  it("keeps others' definitions, unknown fields and order included", async () => {
    const foreign = [{ ...others[0], futureField: { a: [1] } } as unknown as PolicyDefinition, others[1]!];
    await lab.setPolicy(issuerId, foreign);
    await write(lab.client, inputs(ours), []);
    assert.deepEqual(await lab.policies(issuerId), [...foreign, ...ours]);
    const next = [allow({ sub: "next" })];
    await write(lab.client, inputs(next), ours);
    assert.deepEqual(await lab.policies(issuerId), [...foreign, ...next]);
    await remove(lab.client, inputs(next));
    assert.deepEqual(await lab.policies(issuerId), foreign);
  });

  it("says of a removal that it found nothing, and only then [A9]", async () => {
    await lab.setPolicy(issuerId, [...others, ...ours]);
    await remove(lab.client, inputs(ours));
    assert.deepEqual(warnings, []);
    forgetReading(issuerId);
    await remove(lab.client, inputs(ours));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^POLICY_ALREADY_GONE: .*allow \{"sub":"ours"\}\. Fix: /);
    await write(lab.client, inputs([allow({ sub: "next" })]), ours);
    assert.equal(warnings.length, 2);
    await lab.client.deleteIssuer(issuerId);
    forgetReading(issuerId);
    await remove(lab.client, inputs(ours));
    assert.equal(warnings.length, 2);
  });

  it("writes back what somebody took out", async () => {
    await lab.setPolicy(issuerId, others);
    await write(lab.client, inputs(ours), ours);
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
  });

  describe("keeps what another resource of this process holds", () => {
    const mine = { lease: "old" };
    const theirs = { lease: "new" };

    it("when it was taken over before its old owner lets go of it", async () => {
      await lab.setPolicy(issuerId, [...others, ...ours]);
      await write(lab.client, inputs(ours, { ...theirs, adopt: true }), []);
      await remove(lab.client, inputs(ours, mine));
      assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
      await remove(lab.client, inputs(ours, theirs));
      assert.deepEqual(await lab.policies(issuerId), others);
    });

    it("when both happen in one batch, and when the old owner only changes", async () => {
      await lab.setPolicy(issuerId, [...others, ...ours]);
      const next = [allow({ sub: "next" })];
      await Promise.all([
        write(lab.client, inputs(ours, { ...theirs, adopt: true }), []),
        write(lab.client, inputs(next, mine), ours),
      ]);
      assert.deepEqual(await lab.policies(issuerId), [...others, ...ours, ...next]);
    });

    it("when it was written because it was missing", async () => {
      await lab.setPolicy(issuerId, others);
      const { lease } = await write(lab.client, inputs(ours, { lease: undefined }), []);
      await remove(lab.client, inputs(ours, mine));
      assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
      await remove(lab.client, inputs(ours, { lease }));
      assert.deepEqual(await lab.policies(issuerId), others);
    });

    it("but not what another wanted in vain, or holds no longer, or held in another process", async () => {
      await lab.setPolicy(issuerId, [...others, ...ours]);
      await refusedLater(write(lab.client, inputs(ours, theirs), []), "POLICY_NOT_UNIQUE");
      await remove(lab.client, inputs(ours, mine));
      assert.deepEqual(await lab.policies(issuerId), others);

      await write(lab.client, inputs(ours, theirs), []);
      await remove(lab.client, inputs(ours, theirs));
      await write(lab.client, inputs(ours, mine), []);
      await remove(lab.client, inputs(ours, mine));
      assert.deepEqual(await lab.policies(issuerId), others);

      await write(lab.client, inputs(ours, theirs), []);
      forgetPolicies();
      await remove(lab.client, inputs(ours, mine));
      assert.deepEqual(await lab.policies(issuerId), others);
    });
  });

  it("refuses the second of two that add the same, also when the first's write was long done", async () => {
    await lab.setPolicy(issuerId, others);
    await write(lab.client, inputs(ours), []);
    await refusedLater(write(lab.client, inputs(ours, { lease: "two" }), []), "POLICY_NOT_UNIQUE");
    const third = allow({ sub: "third" });
    const writes = [write(lab.client, inputs([third]), []), write(lab.client, inputs([third], { lease: "two" }), [])];
    const results = await Promise.allSettled(writes);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours, third]);
  });

  it("sends nothing when nothing changes", async () => {
    await lab.setPolicy(issuerId, [...others, ...ours]);
    const before = lab.requests("PATCH", /auth\/policies/);
    await write(lab.client, inputs(ours), ours);
    await remove(lab.client, inputs([allow({ sub: "gone already" })]));
    assert.equal(lab.requests("PATCH", /auth\/policies/), before);
  });

  it("loses nothing when many write at once in one process", async () => {
    const many = Array.from({ length: 20 }, (_, index) => [allow({ sub: `runner-${index}` })]);
    await Promise.all(many.map((own) => write(lab.client, inputs(own), [])));
    const subs = (await lab.policies(issuerId)).map((definition) => definition.rules.sub);
    assert.deepEqual(subs.sort(), many.map(([own]) => own?.rules.sub).sort());
    await Promise.all(
      many.map((own, index) =>
        index % 2 === 0
          ? remove(lab.client, inputs(own))
          : write(lab.client, inputs([allow({ sub: `changed-${index}` })]), own),
      ),
    );
    const left = (await lab.policies(issuerId)).map((definition) => definition.rules.sub);
    assert.deepEqual(left.sort(), Array.from({ length: 10 }, (_, index) => `changed-${2 * index + 1}`).sort());
  });

  it("lets one refused write harm no other", async () => {
    const results = await Promise.allSettled([
      write(lab.client, inputs(ours), []),
      write(lab.client, inputs(ours), []),
      write(lab.client, inputs(others), []),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(await lab.policies(issuerId), [...ours, ...others]);
  });

  describe("read", () => {
    let now = 0;
    const pace = { ...PACE, timing: { ...PACE.timing, now: () => now } };
    const later = () => {
      now += 31_000;
    };
    const reads = () => lab.requests("GET", /auth\/policies/);

    it("are those that remain", async () => {
      const both = [...ours, allow({ sub: "more" })];
      await lab.setPolicy(issuerId, [...others, ...both]);
      assert.deepEqual(await readDefinitions(lab.client, inputs(both), pace), both);
      await lab.setPolicy(issuerId, [...others, ...ours]);
      later();
      assert.deepEqual(await readDefinitions(lab.client, inputs(both), pace), ours);
      await lab.setPolicy(issuerId, others);
      later();
      assert.deepEqual(await readDefinitions(lab.client, inputs(both), pace), []);
    });

    it("share one request with all that ask within 30 seconds, or while it is under way", async () => {
      await lab.setPolicy(issuerId, [...others, ...ours]);
      later();
      const before = reads();
      const all = await Promise.all([ours, others, []].map((some) => readDefinitions(lab.client, inputs(some), pace)));
      assert.deepEqual(all, [ours, others, []]);
      now += 30_000;
      assert.deepEqual(await readDefinitions(lab.client, inputs(ours), pace), ours);
      assert.equal(reads(), before + 1);
      now += 1;
      await readDefinitions(lab.client, inputs(ours), pace);
      assert.equal(reads(), before + 2);
    });

    it("share no request with those before a write of this process", async () => {
      await lab.setPolicy(issuerId, others);
      later();
      assert.deepEqual(await readDefinitions(lab.client, inputs(ours), pace), []);
      await write(lab.client, inputs(ours), []);
      assert.deepEqual(await readDefinitions(lab.client, inputs(ours), pace), ours);
      await remove(lab.client, inputs(ours));
      assert.deepEqual(await readDefinitions(lab.client, inputs(ours), pace), []);
    });

    it("share no failure", async () => {
      await lab.setPolicy(issuerId, [...others, ...ours]);
      later();
      lab.cloud.faults.add({ method: "GET", path: "*/auth/policies/*", kind: "status", status: 403, times: 1 });
      await assert.rejects(readDefinitions(lab.client, inputs(ours), pace), /PULUMI_CLOUD_403/);
      assert.deepEqual(await readDefinitions(lab.client, inputs(ours), pace), ours);
    });
  });

  for (const status of [404, 400] as const) {
    it(`takes the definitions of an issuer that is gone (${status}) for gone, and writes none to it`, async () => {
      lab.cloud.switches.policyOfUnknownIssuer = status;
      await lab.client.deleteIssuer(issuerId);
      assert.equal(await readDefinitions(lab.client, inputs(ours)), undefined);
      await remove(lab.client, inputs(ours));
      const error = await refusedLater(write(lab.client, inputs(ours), []), "ISSUER_NOT_FOUND");
      assert.match(error.message, /pulumi up --refresh/);
    });
  }

  it("takes an issuer that goes between reading and writing for gone", async () => {
    await lab.setPolicy(issuerId, [...others, ...ours]);
    const real = lab.client.updatePolicy.bind(lab.client);
    lab.client.updatePolicy = async (...args) => {
      await lab.client.deleteIssuer(issuerId);
      return real(...args);
    };
    try {
      await remove(lab.client, inputs(ours));
    } finally {
      lab.client.updatePolicy = real;
    }
    assert.equal(await readDefinitions(lab.client, inputs(ours)), undefined);
  });

  describe("of an issuer that the access token may not see", () => {
    const hidden = (method: string, path: string, status = 404) =>
      lab.cloud.faults.add({ method, path, kind: "status", status, times: 9 });

    it("takes nothing for gone while the list of issuers has it [A8]", async () => {
      await lab.setPolicy(issuerId, [...others, ...ours]);
      for (const method of ["GET", "PATCH"]) {
        hidden(method, "*/auth/policies/*");
        const error = await refusedLater(remove(lab.client, inputs(ours)), "ISSUER_NOT_VISIBLE");
        assert.match(error.message, /scopes oidc_issuers:\* and auth_policies:\*/);
        await refusedLater(write(lab.client, inputs([allow({ sub: "next" })]), []), "ISSUER_NOT_VISIBLE");
        lab.cloud.faults.clear();
      }
      hidden("GET", "*/auth/policies/*");
      await refusedLater(readDefinitions(lab.client, inputs(ours)), "ISSUER_NOT_VISIBLE");
      lab.cloud.faults.clear();
      assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
    });

    for (const status of [401, 403, 404]) {
      it(`takes nothing for gone while the list is refused (${status}) [A8]`, async () => {
        await lab.setPolicy(issuerId, [...others, ...ours]);
        hidden("GET", "*/auth/policies/*");
        hidden("GET", "*/oidc/issuers", status);
        await refusedLater(remove(lab.client, inputs(ours)), "ISSUER_NOT_VISIBLE");
        await refusedLater(readDefinitions(lab.client, inputs(ours)), "ISSUER_NOT_VISIBLE");
        lab.cloud.faults.clear();
        assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
      });
    }

    it("says so when the list fails", async () => {
      hidden("GET", "*/auth/policies/*");
      hidden("GET", "*/oidc/issuers", 500);
      await refusedLater(readDefinitions(lab.client, inputs(ours)), "PULUMI_CLOUD_500");
    });

    it("asks the list only after a 404 or a 400", async () => {
      const lists = () => lab.requests("GET", /oidc\/issuers$/);
      const before = lists();
      await lab.setPolicy(issuerId, [...others, ...ours]);
      await readDefinitions(lab.client, inputs(ours));
      await remove(lab.client, inputs(ours));
      assert.equal(lists(), before);
      await lab.client.deleteIssuer(issuerId);
      lab.cloud.journal.clear();
      await remove(lab.client, inputs(ours, { lease: "two" }));
      assert.deepEqual(
        lab.cloud.journal.list().map(({ method, path }) => `${method} ${path.split("/")[4]}`),
        ["GET auth", "GET oidc"],
      );
    });
  });

  it("does not take another failure for an issuer that is gone", async () => {
    await lab.setPolicy(issuerId, [...others, ...ours]);
    for (const [method, status] of [
      ["GET", 500],
      ["GET", 403],
      ["PATCH", 400],
    ] as const) {
      lab.cloud.faults.add({ method, path: "*/auth/policies/*", kind: "status", status });
      await refusedLater(remove(lab.client, inputs(ours)), `PULUMI_CLOUD_${status}`);
    }
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
  });

  for (const kind of ["reset-before", "reset-after"] as const) {
    it(`settles a write whose answer was lost (${kind}): nothing twice, nothing left`, async () => {
      await lab.setPolicy(issuerId, others);
      lab.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind });
      await write(lab.client, inputs(ours), []);
      assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
      lab.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind });
      await remove(lab.client, inputs(ours));
      assert.deepEqual(await lab.policies(issuerId), others);
    });
  }

  it("settles a write that failed with 500 the same way", async () => {
    await lab.setPolicy(issuerId, others);
    lab.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind: "status", status: 500 });
    await write(lab.client, inputs(ours), []);
    assert.deepEqual(await lab.policies(issuerId), [...others, ...ours]);
  });

  it("says that a write is uncertain when it can't be confirmed", async () => {
    await lab.setPolicy(issuerId, others);
    lab.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind: "delay", delayMs: 1 });
    const real = lab.client.updatePolicy.bind(lab.client);
    lab.client.updatePolicy = async (...args) => {
      lab.cloud.faults.add({ method: "GET", path: "*/auth/policies/*", kind: "status", status: 403 });
      return real(...args);
    };
    try {
      await refusedLater(write(lab.client, inputs(ours), []), "POLICY_WRITE_UNCERTAIN");
    } finally {
      lab.client.updatePolicy = real;
    }
  });

  it("costs four calls for one definition, for many, and for many writers at once; two right after another", async () => {
    const calls = async (writers: PolicyDefinition[][]) => {
      lab.cloud.journal.clear();
      await Promise.all(writers.map((own) => write(lab.client, inputs(own), [])));
      await untilConfirmed(issuerId);
      return lab.cloud.journal.list().length;
    };
    const named = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => allow({ sub: `${name}-${index}` }));
    await lab.setPolicy(issuerId, others);
    assert.equal(await calls([ours]), 4);
    assert.equal(await calls([named("next", 1)]), 2);
    forgetPolicies();
    assert.equal(await calls([named("many", 25)]), 4);
    forgetPolicies();
    assert.equal(await calls(named("runner", 8).map((own) => [own])), 4);
    assert.equal((await lab.policies(issuerId)).length, 2 + 1 + 1 + 25 + 8);
  });
});
