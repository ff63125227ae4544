// npm run bench [-- --json] [--strict] [--full] [NAME…]: what we hold ourselves to, measured. Nothing here is a test.
import { join } from "node:path";
import { whenAbandoned } from "../tools/bootstrap/abandoned.mjs";
import { run } from "../tools/bootstrap/run.mjs";
import { ensureBuilt, ensureInstalled, main, root } from "../tools/bootstrap.mjs";

// Standard output is for the result alone.
console.log = console.error;

await main(async () => {
  whenAbandoned(() => process.exit(1));
  await ensureInstalled();
  await ensureBuilt();
  const command = ["-r", "ts-node/register", join(root, "bench", "main.ts"), ...process.argv.slice(2)];
  // The lab's own processes are compiled; what measures is only stripped of its types.
  const env = { ...process.env, TS_NODE_TRANSPILE_ONLY: "true" };
  const { code } = await run(process.execPath, command, { stdio: ["ignore", "inherit", "inherit"], cwd: root, env });
  process.exit(code);
});
