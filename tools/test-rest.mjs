// node tools/test-rest.mjs --until SECONDS --after FILE: what `npm test` leaves out, until a time in seconds since 1970: the
// tests that name a tool of this machine, without it, and what `npm run test:full` does longer or wider. FILE has what
// `npm test` printed; the last line counts both.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { whenAbandoned } from "./bootstrap/abandoned.mjs";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";
import { lanesOfRest, runRest } from "./test/rest.mjs";
import { Tally } from "./test/tally.mjs";
import { runWithout, TOOLS } from "./test/without.mjs";

const { until, after } = parseArgs({ options: { until: { type: "string" }, after: { type: "string" } } }).values;

await main(async () => {
  whenAbandoned(() => process.exit(1));
  const tally = new Tally();
  tally.addClosing(readFileSync(after, "utf8"), "npm test");
  let built = false;
  await tally.stage("build", async () => {
    await ensureInstalled();
    await ensureBuilt({ tests: true });
    built = true;
  });
  const seed = process.env.OIDC_RUNNER_SEED ?? String(Math.floor(Math.random() * 0x7fffffff));
  console.log(`\nRandom seed: OIDC_RUNNER_SEED=${seed}`);
  const env = { OIDC_RUNNER_SEED: seed };
  if (built) {
    for (const program of Object.keys(TOOLS)) await runWithout(root, program, env, tally);
    await runRest(root, lanesOfRest(root), env, Number(until) * 1000, tally);
  }
  console.log(tally.summary());
  process.exit(tally.failed === 0 ? 0 : 1);
});
