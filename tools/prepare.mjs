// npm's `prepare`: after `npm ci` or `npm install` in a clone, and before `npm pack` and `npm publish`. Users who install
// the package never get here.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, main, root } from "./bootstrap.mjs";

const packing = ["pack", "publish"].includes(process.env.npm_command ?? "");

await main(async () => {
  if (!existsSync(join(root, "node_modules", "typescript"))) {
    if (packing) throw new Error("cannot pack without the development dependencies: run npm ci first");
    console.log("Not compiling: the development dependencies are not installed");
    return;
  }
  try {
    await ensureBuilt();
  } catch (error) {
    // A clone whose sources do not compile just now must still be installable; a package must not be made of it.
    if (packing || !error.coded) throw error;
    console.warn(error.message);
  }
});
