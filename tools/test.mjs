// npm test [-- --full] [-- -g PATTERN] [-- FILE...]: installs and builds what is missing, then checks everything, or runs only
// the tests with the pattern in their titles, or some files. The last line tells the counts.

import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { whenAbandoned } from "./bootstrap/abandoned.mjs";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";
import { schemaGate, staticGates } from "./test/gates.mjs";
import { HeldBack } from "./test/held-back.mjs";
import { engineLanes, inLanes, isFullOnly } from "./test/lanes.mjs";
import { filesWith, runMocha, testFiles } from "./test/mocha.mjs";
import { Tally } from "./test/tally.mjs";

const full = process.argv.includes("--full");
// `npm test -g PATTERN`, without `--`, keeps -g to itself and passes the pattern on.
const words = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const isFile = (word) => word.endsWith(".test.ts");
const chosen = words.filter(isFile).map((word) => resolve(word));
const pattern = words.find((word) => !isFile(word));
const everything = words.length === 0;
/** How many processes run a kind of tests at a time: those of the lab mostly wait. */
const LANES = { unit: 2, lab: 3 };
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
    await from("esc-evaluator/index.js").resolveEscEvaluator(report);
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
  await tally.stage("build and types", async () => {
    await ensureBuilt({ tests: true });
    tally.passed++;
  });
  if (tally.failed > 0) {
    console.log(tally.summary());
    process.exit(1);
  }
  const seed = process.env.OIDC_RUNNER_SEED ?? String(Math.floor(Math.random() * 0x7fffffff));
  console.log(`\nRandom seed: OIDC_RUNNER_SEED=${seed}`);
  const env = { OIDC_RUNNER_SEED: seed, ...(full ? { OIDC_RUNNER_FULL: "1" } : {}) };
  const files = filesToRun();
  const mocha = (name, list, to) => runMocha(root, name, list, env, LIMIT, to, pattern);
  // Beside the checks that do not need it.
  const toolchain = files.lab.length + files.engine.length > 0 ? resolveToolchain() : undefined;
  // Tests of the lab and of the engine mostly wait: for quiet windows, pods and processes that start. They run beside the unit
  // tests, as do the static gates, and are shown after the first of those.
  const [first, ...units] = inLanes(files.unit, LANES.unit);
  const unitLane = (list, index, own) => mocha(`unit tests ${index + 1} of ${LANES.unit}`, list, own);
  const lanes = [
    ...units.map((list, index) => (own) => unitLane(list, index + 1, own)),
    ...(everything ? [gatesLane] : []),
    ...inLanes(files.lab, LANES.lab).map((list, index) => (own) => labLane(list, index, own)),
    ...engineLanes(files.engine).map((list, index) => (own) => engineLane(list, index, own)),
  ];
  const besides = lanes.map((start) => {
    const held = new HeldBack();
    const own = new Tally(held.write);
    return { held, own, found: start(own) };
  });
  let found = await unitLane(first, 0, tally);
  for (const beside of besides) {
    beside.held.release();
    found += await beside.found;
    tally.add(beside.own);
  }
  if (found === 0) tally.fail(everything ? "no test was found" : `no test is in ${words.join(" ")}`);
  console.log(tally.summary());
  process.exit(tally.failed === 0 ? 0 : 1);

  async function gatesLane(own) {
    await staticGates(root, own);
    return 0;
  }

  async function labLane(list, index, own) {
    if (list.length === 0 || (await toolchain?.cluster)?.error) return 0;
    return mocha(`lab tests ${index + 1} of ${LANES.lab}`, list, own);
  }

  /** One process of engine tests. Returns how many there were. */
  async function engineLane(list, index, own) {
    if (list.length === 0) return 0;
    const { cli, error } = await toolchain.engine;
    // Said once.
    if (index === 0) {
      await own.stage("toolchain", () => {
        if (error) throw error;
        own.passed++;
      });
      if (everything && cli) await schemaGate(root, cli, own);
    }
    return cli ? mocha(`engine tests ${index + 1} of 2`, list, own) : 0;
  }
});

function filesToRun() {
  const files = testFiles(root);
  if (pattern !== undefined) return filesWith(files, pattern);
  const wanted = chosen.length > 0 ? (file) => chosen.includes(file) : (file) => full || !isFullOnly(root, file);
  return Object.fromEntries(Object.entries(files).map(([stage, list]) => [stage, list.filter(wanted)]));
}
