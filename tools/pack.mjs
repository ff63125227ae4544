// npm run pack [-- DIRECTORY]: the tarballs of every package and the archive of the plugin, in the directory or the working one.
import { statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";
import { PACKAGES, pack } from "./pack/pack.mjs";
import { packPlugin } from "./pack/plugin.mjs";

await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const destination = resolve(process.argv[2] ?? ".");
  for (const directory of PACKAGES) {
    const { filename, files, unpackedSize } = await pack(root, directory, destination);
    const size = `${(unpackedSize / 1e6).toFixed(1)} MB in ${files.length} files`;
    console.log(`${relative(process.cwd(), resolve(destination, filename))}: ${size}`);
  }
  const plugin = await packPlugin(root, destination);
  console.log(`${relative(process.cwd(), plugin)}: ${(statSync(plugin).size / 1e6).toFixed(1)} MB, packed`);
});
