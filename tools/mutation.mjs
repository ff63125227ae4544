// npm run mutation [-- STRYKER'S OPTIONS]: mutation testing of trust; fails below the score in
// mutation/stryker.config.mjs. See mutation/README.md.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { whenAbandoned } from "./bootstrap/abandoned.mjs";
import { install } from "./bootstrap/install.mjs";
import { ensureInstalled, main, root } from "./bootstrap.mjs";

/** What the tests read from the environment: the same random values each time, since results are kept, and not too many. */
const TESTS = { OIDC_RUNNER_SEED: "20261121", OIDC_RUNNER_PROPERTY_RUNS: "1000" };

await main(async () => {
  await ensureInstalled();
  const tool = join(root, "tools", "mutation");
  await install(tool);
  const generated = join("node_modules", ".cache", "oidc-runner-mutation");
  mkdirSync(join(root, generated), { recursive: true });
  // Outside the clone, whose other checks would look into the sandbox.
  const sandbox = mkdtempSync(join(tmpdir(), "oidc-runner-mutation-"));
  process.on("exit", () => rmSync(sandbox, { recursive: true, force: true }));
  const stryker = join(tool, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
  const config = relative(root, join(tool, "stryker.config.mjs"));
  const child = spawn(process.execPath, [stryker, "run", config, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...TESTS,
      ...process.env,
      OIDC_RUNNER_MUTATION_DIR: generated,
      OIDC_RUNNER_MUTATION_SANDBOX: sandbox,
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  whenAbandoned(() => child.kill("SIGTERM"));
  process.exitCode = await new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once("close", (code) => resolve(code ?? 1));
  });
  process.exit();
});
