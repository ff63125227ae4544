import assert from "node:assert/strict";
import { emptyRow, type Pair, type RowPlan, rowOf } from "../../../bench/measure/row";

const PLAN: RowPlan = {
  name: "group/name",
  metric: "time",
  unit: "ms",
  target: 1.5,
  subject: "ours",
  reference: "theirs",
};

const pairs = (...values: [subject: number, reference: number][]): Pair[] =>
  values.map(([subject, reference]) => ({ subject: { time: subject, heap: 7 }, reference: { time: reference } }));

describe("bench/measure/row", () => {
  it("is the median of the pairs' ratios, not the ratio of the medians", () => {
    // A busy moment doubles both sides of the second pair; medians of each side would say 20 / 10.
    const row = rowOf(PLAN, pairs([10, 10], [40, 20], [20, 5]), ["a note"]);
    assert.deepEqual(row, {
      name: "group/name",
      ratio: 2,
      spread: [1.5, 3],
      target: 1.5,
      limit: null,
      unit: "ms",
      subject: { what: "ours", median: 20, quartiles: [15, 30], minimum: 10, maximum: 40 },
      reference: { what: "theirs", median: 10, quartiles: [7.5, 15], minimum: 5, maximum: 20 },
      pairs: 3,
      ok: false,
      notes: ["a note"],
    });
  });

  it("holds a target up to its very value", () => {
    assert.equal(rowOf(PLAN, pairs([15, 10])).ok, true);
    assert.equal(rowOf(PLAN, pairs([15.01, 10])).ok, false);
  });

  it("holds a limit of the subject alone, and both where both are given", () => {
    const limited = { ...PLAN, target: undefined, limit: 5000 };
    assert.equal(rowOf(limited, pairs([5000, 1])).ok, true);
    assert.equal(rowOf(limited, pairs([5001, 9000])).ok, false);
    assert.equal(rowOf({ ...PLAN, limit: 5 }, pairs([6, 6])).ok, false);
    assert.equal(rowOf({ ...PLAN, limit: 5 }, pairs([4, 2])).ok, false);
    assert.equal(rowOf({ ...PLAN, limit: 5 }, pairs([4, 4])).ok, true);
  });

  it("is neither good nor bad without a target", () => {
    assert.equal(rowOf({ ...PLAN, target: undefined }, pairs([99, 1])).ok, null);
  });

  it("takes the measurement that its plan names, and no other", () => {
    const [pair] = pairs([10, 5]) as [Pair];
    const both = { subject: { time: 10, heap: 6 }, reference: { time: 5, heap: 4 } };
    assert.equal(rowOf({ ...PLAN, metric: "heap" }, [both]).ratio, 1.5);
    assert.throws(() => rowOf({ ...PLAN, metric: "heap" }, [pair]), /group\/name: heap was measured as undefined/);
  });

  it("refuses what can't have been measured", () => {
    for (const time of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => rowOf(PLAN, pairs([1, time])), /time was measured as/);
    }
    assert.throws(() => rowOf(PLAN, []), RangeError);
  });

  it("has the same members when nothing was measured", () => {
    const row = emptyRow(PLAN, ["not measured: no moon"]);
    assert.deepEqual(Object.keys(row), Object.keys(rowOf(PLAN, pairs([1, 1]))));
    assert.deepEqual([row.ratio, row.ok, row.pairs, row.target], [null, null, 0, 1.5]);
  });
});
