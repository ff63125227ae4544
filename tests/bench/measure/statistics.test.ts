import assert from "node:assert/strict";
import { quantile, summarize } from "../../../bench/measure/statistics";

describe("bench/measure/statistics", () => {
  it("finds the median of odd and even counts, in any order", () => {
    assert.equal(quantile([9, 1, 5], 0.5), 5);
    assert.equal(quantile([10, 9, 1, 2], 0.5), 5.5);
    // As texts they would stand in another order.
    assert.equal(quantile([100, 20, 3], 0.5), 20);
  });

  it("finds quartiles between neighbours in proportion", () => {
    assert.deepEqual(summarize([1, 2, 3, 4]), { median: 2.5, quartiles: [1.75, 3.25], minimum: 1, maximum: 4 });
    assert.deepEqual(summarize([7]), { median: 7, quartiles: [7, 7], minimum: 7, maximum: 7 });
  });

  it("leaves the values in their order", () => {
    const values = [3, 1, 2];
    summarize(values);
    assert.deepEqual(values, [3, 1, 2]);
  });

  it("has none of nothing", () => {
    assert.throws(() => quantile([], 0.5), RangeError);
  });
});
