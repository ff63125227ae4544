import assert from "node:assert/strict";
import { measurePairs } from "../../../bench/measure/pairs";

describe("bench/measure/pairs", () => {
  function sides() {
    const order: string[] = [];
    const side = (name: string) => async () => {
      order.push(`${name}>`);
      await new Promise(setImmediate);
      order.push(`<${name}`);
      return { time: order.length };
    };
    return { order, subject: side("s"), reference: side("r") };
  }

  it("measures both sides in turn, one at a time, the other one first in every second pair", async () => {
    const { order, ...both } = sides();
    const done: number[] = [];
    const pairs = await measurePairs(3, { ...both, warm: false }, (count) => done.push(count));
    assert.equal(order.join(" "), "s> <s r> <r r> <r s> <s s> <s r> <r");
    assert.deepEqual(done, [1, 2, 3]);
    assert.deepEqual(
      pairs.map(({ subject, reference }) => [subject.time, reference.time]),
      [
        [2, 4],
        [8, 6],
        [10, 12],
      ],
    );
  });

  it("runs each side once before, uncounted, unless told not to", async () => {
    const { order, ...both } = sides();
    const [pair, ...more] = await measurePairs(1, both);
    assert.equal(order.join(" "), "s> <s r> <r s> <s r> <r");
    assert.deepEqual([pair?.subject.time, pair?.reference.time, more.length], [6, 8, 0]);
  });

  it("ends with the first failure", async () => {
    const { order, ...both } = sides();
    const reference = () => Promise.reject(new Error("broken on purpose"));
    await assert.rejects(measurePairs(2, { ...both, reference, warm: false }), /broken on purpose/);
    assert.equal(order.join(" "), "s> <s");
  });
});
