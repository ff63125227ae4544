// npm test [-- --full]: installs and builds what is missing, then checks everything. The last line tells the counts.
import { createRequire } from "node:module";
import { join } from "node:path";
import { whenAbandoned } from "./bootstrap/abandoned.mjs";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";
import { schemaGate, staticGates } from "./test/gates.mjs";
import { HeldBack } from "./test/held-back.mjs";
import { runMocha, testFiles } from "./test/mocha.mjs";
import { Tally } from "./test/tally.mjs";

const full = process.argv.includes("--full");
/** Longest time of one mocha run, milliseconds. */
const LIMIT = (full ? 60 : 20) * 60_000;

/**
 * The Pulumi CLI and the Kubernetes control plane, and after them the official Kubernetes provider, which engine tests
 * alone need; the first time each may be built for minutes, one at a time.
 */
function resolveToolchain() {
  const load = createRequire(import.meta.url);
  const from = (name) => load(join(root, "dist", "tools", "toolchain", name));
  const report = from("report.js").lineReport((line) => console.log(`[toolchain] ${line}`), 30_000);
  const cluster = async () => {
    const cli = await from("pulumi-cli.js").resolvePulumiCli(report);
    if (process.platform === "linux") await from("control-plane.js").resolveControlPlane(report);
    return cli;
  };
  const provider = async (cli) => {
    const { resolveKubernetesPlugin } = from("kubernetes-plugin.js");
    await resolveKubernetesPlugin(cli, join(root, "node_modules"), report, { build: true });
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
  // Beside the checks that do not need it.
  const toolchain = resolveToolchain();
  const files = testFiles(root);
  // Engine tests mostly wait: for quiet windows, pods and processes that start. They run beside everything else, and are
  // shown after it.
  const held = new HeldBack();
  const beside = new Tally(held.write);
  const engineTests = (async () => {
    let cli;
    await beside.stage("toolchain (waiting for it)", async () => {
      const resolved = await toolchain.engine;
      if (resolved.error) throw resolved.error;
      cli = resolved.cli;
      beside.passed++;
    });
    if (cli === undefined) return;
    await schemaGate(root, cli, beside);
    await runMocha(root, "engine tests", files.engine, env, LIMIT, beside);
  })();
  await staticGates(root, tally);
  await runMocha(root, "unit tests", files.unit, env, LIMIT, tally);
  if (!(await toolchain.cluster).error) await runMocha(root, "lab tests", files.lab, env, LIMIT, tally);
  held.release();
  await engineTests;
  tally.add(beside);
  if (Object.values(files).flat().length === 0) tally.fail("no test was found");
  console.log(tally.summary());
  process.exit(tally.failed === 0 ? 0 : 1);
});
