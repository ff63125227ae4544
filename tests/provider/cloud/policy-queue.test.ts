import assert from "node:assert/strict";
import { type WriteBatch, writeTogether } from "../../../provider/cloud/policy-queue";
import type { DefinitionChange } from "../../../provider/trust/merge";
import { VirtualTime } from "./virtual-time";

const change = (name: string): DefinitionChange => ({
  add: [{ decision: "allow", tokenType: "organization", rules: { sub: name } }],
  remove: [],
  replaceDefaultDeny: false,
  adopt: false,
});
const nameOf = ({ add }: DefinitionChange) => String(add[0]?.rules.sub);

describe("provider/cloud/policy-queue", () => {
  const time = new VirtualTime(() => 0);
  const batches: string[] = [];
  const write: WriteBatch = async (changes) => {
    batches.push(changes.map(nameOf).join(" "));
    await time.sleep(1000);
    return changes.map((one) => ({
      policyId: nameOf(one),
      ...(nameOf(one) === "bad" && { refused: new Error("no") }),
    }));
  };
  const together = (key: string, name: string) => writeTogether(key, change(name), write, time);
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
    await time.run(Promise.all([together("k", "a"), together("l", "b")]));
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
    const failed = [writeTogether("k", change("a"), failing, time), writeTogether("k", change("b"), failing, time)];
    const results = await time.run(Promise.allSettled(failed));
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(await time.run(together("k", "c")), "c");
  });
});
