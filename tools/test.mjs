// npm test [-- --full] [-- -g PATTERN]: installs and builds what is missing, then checks everything, or runs only the tests
// with the pattern in their titles. The last line tells the counts.
import { createRequire } from "node:module";
import { join } from "node:path";
import { whenAbandoned } from "./bootstrap/abandoned.mjs";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";
import { schemaGate, staticGates } from "./test/gates.mjs";
import { HeldBack } from "./test/held-back.mjs";
import { filesWith, runMocha, testFiles } from "./test/mocha.mjs";
import { Tally } from "./test/tally.mjs";

const full = process.argv.includes("--full");
// `npm test -g PATTERN`, without `--`, keeps -g to itself and passes the pattern on.
const pattern = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
/** Longest time of one mocha run, milliseconds. */
const LIMIT = (full ? 60 : 40) * 60_000;

/**
 * The Pulumi CLI and the Kubernetes control plane, and after them the official Kubernetes provider, which engine tests
 * alone need; the first time each may be built for minutes, one at a time.
 */
function resolveToolchain() {
  const load = createRequire(import.meta.url);
  const from = (name) => load(join(root, "dist", "tools", "toolchain", name));
  const report = from("report.js").lineReport((line) => console.log(`[toolchain] ${line}`), 30_000);
  const cluster = async () => {
    const cli = await from("pulumi-cli/index.js").resolvePulumiCli(report);
    if (process.platform === "linux") await from("control-plane/index.js").resolveControlPlane(report);
    return cli;
  };
  const provider = async (cli) => {
    const { resolveKubernetesPlugin } = from("kubernetes-provider/index.js");
    await resolveKubernetesPlugin(join(root, "node_modules"), report, { build: true });
    return cli;
  };
  // Their failures are awaited later, not unhandled until then.
  const settled = (tool) =>
    tool.then(
      (cli) => ({ cli }),
      (error) => ({ error }),
    );
  const clusterTools = cluster();
  return { cluster: settled(clusterTools), engine: settled(clusterTools.then(provider)) };
}

await main(async () => {
  whenAbandoned(() => process.exit(1));
  await ensureInstalled();
  const tally = new Tally();
  await tally.stage("build", async () => {
    await ensureBuilt();
    tally.passed++;
  });
  const seed = process.env.OIDC_RUNNER_SEED ?? String(Math.floor(Math.random() * 0x7fffffff));
  console.log(`\nRandom seed: OIDC_RUNNER_SEED=${seed}`);
  const env = { OIDC_RUNNER_SEED: seed, ...(full ? { OIDC_RUNNER_FULL: "1" } : {}) };
  const files = pattern === undefined ? testFiles(root) : filesWith(testFiles(root), pattern);
  const mocha = (name, list, to) => runMocha(root, name, list, env, LIMIT, to, pattern);
  // Beside the checks that do not need it.
  const toolchain = files.lab.length + files.engine.length > 0 ? resolveToolchain() : undefined;
  // Engine tests mostly wait: for quiet windows, pods and processes that start. They run beside everything else, and are
  // shown after it.
  const held = new HeldBack();
  const beside = new Tally(held.write);
  const engineTests = (async () => {
    if (files.engine.length === 0) return 0;
    let cli;
    await beside.stage("toolchain (waiting for it)", async () => {
      const resolved = await toolchain.engine;
      if (resolved.error) throw resolved.error;
      cli = resolved.cli;
      beside.passed++;
    });
    if (cli === undefined) return 0;
    if (pattern === undefined) await schemaGate(root, cli, beside);
    return mocha("engine tests", files.engine, beside);
  })();
  if (pattern === undefined) await staticGates(root, tally);
  let found = await mocha("unit tests", files.unit, tally);
  if (!(await toolchain?.cluster)?.error) found += await mocha("lab tests", files.lab, tally);
  held.release();
  found += await engineTests;
  tally.add(beside);
  if (found === 0) tally.fail(pattern === undefined ? "no test was found" : `no test has ${pattern} in its title`);
  console.log(tally.summary());
  process.exit(tally.failed === 0 ? 0 : 1);
});
