// npm run build [-- --tests]: compiles the sources, and the tests if asked.
import { ensureBuilt, ensureInstalled, main } from "./bootstrap.mjs";

await main(async () => {
  await ensureInstalled();
  await ensureBuilt({ tests: process.argv.includes("--tests") });
});
