import type { Benchmark } from "./benchmark";
import { measurePairs } from "./pairs";
import { emptyRow, type Row, rowOf } from "./row";

/** Runs one benchmark and gives its rows; they say why, and are not ok, when it fails. */
export async function runBenchmark(benchmark: Benchmark, say: (line: string) => void): Promise<Row[]> {
  try {
    return await measure(benchmark, say);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    say(`${benchmark.name}: failed: ${text}`);
    return benchmark.rows.map((plan) => ({ ...emptyRow(plan, [`failed: ${text}`]), ok: false }));
  }
}

async function measure(benchmark: Benchmark, say: (line: string) => void): Promise<Row[]> {
  const { name, rows, pairs: count, notes = [] } = benchmark;
  say(`${name}: getting ready`);
  const running = await benchmark.start();
  if (typeof running === "string") {
    say(`${name}: not measured: ${running}`);
    return rows.map((plan) => emptyRow(plan, [`not measured: ${running}`]));
  }
  try {
    const pairs = await measurePairs(count, running, (done) => say(`${name}: ${done} of ${count}`));
    const all = [...notes, ...(running.notes?.() ?? [])];
    return rows.map((plan) => rowOf(plan, pairs, all));
  } finally {
    await running.close?.();
  }
}
