import { cpus, loadavg } from "node:os";
import { all } from "./all";
import type { Row } from "./measure/row";
import { runBenchmark } from "./measure/run-benchmark";
import { table } from "./measure/table";
import { chosen, readOptions } from "./options";

const say = (line: string) => console.error(`[bench] ${line}`);
const load = () => `load ${loadavg()[0]?.toFixed(2)} on ${cpus().length} cores`;

async function bench(argv: string[]): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === "string") {
    return refuse(options);
  }
  const benchmarks = chosen(all, options);
  if (typeof benchmarks === "string") {
    return refuse(benchmarks);
  }
  const rows: Row[] = [];
  for (const benchmark of benchmarks) {
    say(load());
    rows.push(...(await runBenchmark(benchmark, say)));
  }
  console.log(options.json ? JSON.stringify(rows, undefined, 2) : table(rows));
  return options.strict && rows.some(({ ok }) => ok === false) ? 1 : 0;
}

function refuse(what: string): number {
  console.error(`OPTION_INVALID: ${what}. Fix: npm run bench [-- [--json] [--strict] [--full] [NAME...]]`);
  return 2;
}

// What was begun is put away on the way out.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(1));
}
void bench(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
