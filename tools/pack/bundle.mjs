import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Where the chunks go, and with them the scripts that the bundled code reads from beside itself. */
const CHUNKS = "provider";
const SCRIPTS = "provider/workload/entrypoint";

/**
 * Writes the code that a manifest's exports reach: a file for each, where the manifest says, and the chunks that they share. A
 * program then reads 8 files instead of 280, and the package is half as large without what only the command and tests use.
 *
 * @returns {Promise<{ path: string, code: string }[]>} what was written, by path from the directory; none for a manifest
 *   without exported code
 */
export async function bundle(root, manifest, directory) {
  const exported = Object.values(manifest.exports).flatMap((entry) => entry.default ?? []);
  if (exported.length === 0) {
    return [];
  }
  const { build, transform } = await import("esbuild");
  const common = { platform: "node", target: "node20" };
  const { outputFiles } = await build({
    ...common,
    absWorkingDir: root,
    entryPoints: exported.map((path) => relative("dist", path).replace(/\.js$/, ".ts")),
    outbase: ".",
    outdir: "dist",
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    bundle: true,
    packages: "external",
    splitting: true,
    // Chunks can be shared in this format only (https://esbuild.github.io/api/#splitting).
    format: "esm",
    write: false,
  });
  const files = [];
  for (const { path, text } of outputFiles) {
    const file = { path: relative(root, path), ...(await transform(text, { ...common, format: "cjs" })) };
    mkdirSync(dirname(join(directory, file.path)), { recursive: true });
    writeFileSync(join(directory, file.path), file.code);
    files.push(file);
  }
  for (const name of readdirSync(join(root, SCRIPTS)).filter((file) => file.endsWith(".sh"))) {
    copyFileSync(join(root, SCRIPTS, name), join(directory, "dist", CHUNKS, name));
  }
  return files;
}
