// npm start -- ARGS: what it needs, then `oidc-runner start ARGS`.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { whenAbandoned } from "./bootstrap/abandoned.mjs";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";

await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const command = [join(root, "dist", "cli", "main.js"), "start", ...process.argv.slice(2)];
  // The child ends itself when this process is gone: its parent is then another one.
  const env = { ...process.env, OIDC_RUNNER_PARENT_PID: String(process.pid) };
  const child = spawn(process.execPath, command, { stdio: "inherit", env });
  for (const signal of ["SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  // A terminal sends Ctrl-C to the child as well; sent twice it would mean "at once".
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  whenAbandoned(() => child.kill("SIGTERM"));
  await new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(error.message);
      process.exitCode = 1;
      resolve();
    });
    child.once("exit", (code, signal) => {
      process.exitCode = code ?? 128 + constants.signals[signal];
      resolve();
    });
  });
  process.exit();
});
