import assert from "node:assert/strict";
import { CloudApiError } from "../../../pulumi-cloud/api/errors";
import type { WriteBatch } from "../../../pulumi-cloud/policies/batch";
import { PolicyHolders } from "../../../pulumi-cloud/policies/leases";
import type { OwnedChange } from "../../../pulumi-cloud/policies/plan";
import { writeTogether } from "../../../pulumi-cloud/policies/queue";
import { VirtualTime } from "../support/virtual-time";

const change = (name: string): OwnedChange => ({
  add: [{ decision: "allow", tokenType: "organization", rules: { sub: name } }],
  remove: [],
  adopt: false,
  lease: name,
});
const READING = { policy: { id: "p", version: 1, policies: [] }, begun: 0 };
const nameOf = ({ add }: OwnedChange) => String(add[0]?.rules.sub);

describe("pulumi-cloud/policies/queue", () => {
  const time = new VirtualTime(() => 0);
  const batches: string[] = [];
  const write: WriteBatch = async (changes) => {
    batches.push(changes.map(nameOf).join(" "));
    await time.sleep(1000);
    const outcomes = changes.map((one) => ({
      policyId: nameOf(one),
      gone: [],
      ...(nameOf(one) === "bad" && { error: new Error("no") }),
    }));
    return { outcomes, holders: new PolicyHolders(), reading: READING, isConfirmed: true };
  };
  const pace = { timing: time, quietWindowMs: 2000 };
  const together = async (key: string, name: string, by = write) =>
    (await writeTogether(key, change(name), by, pace, assert.ifError)).policyId;
  beforeEach(() => batches.splice(0));

  it("writes what comes together at once, and what comes meanwhile after it, never two at a time", async () => {
    const work = async () => {
      const first = Promise.all([together("k", "a"), together("k", "b")]);
      await time.sleep(500);
      assert.deepEqual(batches, ["a b"]);
      const second = Promise.all([together("k", "c"), together("k", "d")]);
      await time.sleep(100);
      assert.deepEqual(batches, ["a b"]);
      return [await first, await second];
    };
    assert.deepEqual(await time.run(work()), [
      ["a", "b"],
      ["c", "d"],
    ]);
    assert.deepEqual(batches, ["a b", "c d"]);
  });

  it("keeps keys apart", async () => {
    await time.run(Promise.all([together("left", "a"), together("right", "b")]));
    assert.deepEqual(batches, ["a", "b"]);
  });

  it("rejects what was refused, and nothing else", async () => {
    const results = await time.run(Promise.allSettled([together("k", "good"), together("k", "bad")]));
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
  });

  it("rejects all when the batch fails, and goes on after it", async () => {
    const failing = () => Promise.reject(new Error("broken"));
    const failed = [together("k", "a", failing), together("k", "b", failing)];
    const results = await time.run(Promise.allSettled(failed));
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(await time.run(together("k", "c")), "c");
  });

  it("rejects what waits when its update is cancelled, and writes nothing", async () => {
    const timing = { now: () => 0, random: () => 0, sleep: () => Promise.reject(new Error("cancelled")) };
    const waiting = ["a", "b"].map((name) =>
      writeTogether("cancelled", change(name), write, { ...pace, timing }, assert.fail),
    );
    for (const one of waiting) await assert.rejects(one, /cancelled/);
    assert.deepEqual(batches, []);
  });

  it("finds the one that the service refuses, and lets it harm no other", async () => {
    const refusing: WriteBatch = (changes, start) =>
      changes.some((one) => nameOf(one) === "unknown-team")
        ? Promise.reject(new CloudApiError(400, "PATCH", "no such team"))
        : write(changes, start);
    const names = ["a", "b", "unknown-team", "c", "d"];
    const results = await time.run(Promise.allSettled(names.map((name) => together("halves", name, refusing))));
    assert.deepEqual(
      results.map((result) => (result.status === "fulfilled" ? result.value : result.reason.code)),
      ["a", "b", "PULUMI_CLOUD_400", "c", "d"],
    );
    assert.deepEqual(batches, ["a b", "c d"]);
  });

  it("asks no second time for others when the service refuses them all", async () => {
    let asked = 0;
    const refusing: WriteBatch = () => {
      asked += 1;
      return Promise.reject(new CloudApiError(403, "PATCH", "not allowed"));
    };
    await time.run(Promise.allSettled(["a", "b"].map((name) => together("forbidden", name, refusing))));
    assert.equal(asked, 1);
  });

  it("waits after a batch for as many as were in it, but not for long", async () => {
    const waves = async () => {
      await Promise.all(["a", "b", "c"].map((name) => together("waves", name)));
      const next = ["d", "e", "f"].map(async (name, index) => {
        await time.sleep(250 * index);
        return together("waves", name);
      });
      await Promise.all(next);
      await Promise.all(["g", "h"].map((name) => together("waves", name)));
    };
    await time.run(waves());
    assert.deepEqual(batches, ["a b c", "d e f", "g h"]);
    batches.splice(0);
    const late = async () => {
      await Promise.all(["a", "b"].map((name) => together("late", name)));
      const first = together("late", "c");
      await time.sleep(700);
      await Promise.all([first, together("late", "d")]);
    };
    await time.run(late());
    assert.deepEqual(batches, ["a b", "c", "d"]);
  });

  it("hands what one batch knew to the next, and nothing to another key", async () => {
    const starts: unknown[] = [];
    const reading = { policy: { id: "p", version: 1, policies: [] }, begun: 7 };
    const noting: WriteBatch = async (changes, start) => {
      starts.push(start.reading);
      return { ...(await write(changes, start)), reading };
    };
    await time.run(together("known", "a", noting));
    await time.run(together("known", "b", noting));
    await time.run(together("unknown", "c", noting));
    assert.deepEqual(starts, [undefined, reading, undefined]);
  });
});
