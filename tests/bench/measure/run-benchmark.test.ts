import assert from "node:assert/strict";
import type { Benchmark, Running } from "../../../bench/measure/benchmark";
import { runBenchmark } from "../../../bench/measure/run-benchmark";
import { table } from "../../../bench/measure/table";

describe("bench/measure/run-benchmark", () => {
  let closed: number;
  let said: string[];
  beforeEach(() => {
    closed = 0;
    said = [];
  });

  const run = (running: Partial<Running> | string, more: Partial<Benchmark> = {}) =>
    runBenchmark(
      {
        name: "b",
        pairs: 3,
        notes: ["known before"],
        rows: [
          { name: "b/time", metric: "time", unit: "ms", target: 2, subject: "ours", reference: "theirs" },
          { name: "b/heap", metric: "heap", unit: "MB", target: 2, subject: "ours", reference: "theirs" },
        ],
        start: async () =>
          typeof running === "string"
            ? running
            : {
                subject: async () => ({ time: 3, heap: 10 }),
                reference: async () => ({ time: 2, heap: 4 }),
                notes: () => ["found out"],
                close: async () => void closed++,
                ...running,
              },
        ...more,
      },
      (line) => said.push(line),
    );

  it("gives every row of the same runs, with what is to be known", async () => {
    const rows = await run({});
    assert.deepEqual(
      rows.map(({ name, ratio, ok, pairs }) => [name, ratio, ok, pairs]),
      [
        ["b/time", 1.5, true, 3],
        ["b/heap", 2.5, false, 3],
      ],
    );
    assert.deepEqual(rows[0]?.notes, ["known before", "found out"]);
    assert.equal(closed, 1);
    assert.ok(said.includes("b: 3 of 3"), said.join("|"));
    assert.match(table(rows), /b\/time .*1\.50 x .*ok\n/);
    assert.match(table(rows), /b\/heap .*MISSED\n/);
    assert.match(table(rows), /\n1 targets held, 1 missed: b\/heap$/);
  });

  it("says why nothing can be measured here, which is no miss", async () => {
    const rows = await run("no moon");
    assert.deepEqual(
      rows.map(({ ok, notes }) => [ok, notes]),
      [
        [null, ["not measured: no moon"]],
        [null, ["not measured: no moon"]],
      ],
    );
    assert.match(table(rows), /\n0 targets held, 0 missed$/);
  });

  it("says what failed, which is a miss, and puts away what was begun", async () => {
    const broken = () => Promise.reject(new Error("broken on purpose"));
    const rows = await run({ reference: broken });
    assert.deepEqual(
      rows.map(({ ok, notes, pairs }) => [ok, notes, pairs]),
      [
        [false, ["failed: broken on purpose"], 0],
        [false, ["failed: broken on purpose"], 0],
      ],
    );
    assert.equal(closed, 1);
    assert.equal((await run({}, { start: broken }))[0]?.ok, false);
  });
});
