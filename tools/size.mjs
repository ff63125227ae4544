// npm run size: what the Pulumi package weighs, against the limits of size.json. Ends with 1 above one of them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";
import { bundle } from "./pack/bundle.mjs";
import { pack } from "./pack/pack.mjs";

/** Bytes. `minified.before`: what the package of that commit held of code, a file a module. */
const limits = JSON.parse(readFileSync(new URL("size.json", import.meta.url), "utf8"));

await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const { transformSync } = await import("esbuild");
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  let minified = 0;
  for (const { path, code } of await inDirectory((directory) => bundle(root, manifest, directory))) {
    const bytes = Buffer.byteLength(transformSync(code, { minify: true, target: "node20" }).code);
    console.log(`  ${kilobytes(bytes)}  ${path}, minified`);
    minified += bytes;
  }
  const { before, ratio } = limits.minified;
  check(
    "minified",
    minified,
    before * ratio,
    `; ${(minified / before).toFixed(3)} of ${before} before, limit ${ratio}`,
  );

  const { unpackedSize } = await inDirectory((directory) => pack(root, ".", directory));
  const { dependencies } = manifest;
  const modules = Object.keys(dependencies).map((name) => join(root, "node_modules", name));
  const installed = modules.flatMap(filesBelow).reduce((sum, file) => sum + statSync(file).size, unpackedSize);
  check("installed, with its dependencies", installed, limits.installed, "");
  const names = Object.keys(dependencies).join(", ");
  if (names !== limits.dependencies.join(", ")) fail(`it depends on ${names}, not on ${limits.dependencies} alone`);
});

async function inDirectory(make) {
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-size-"));
  try {
    return await make(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function check(what, bytes, limit, more) {
  console.log(`  ${kilobytes(bytes)}  ${what}${more}`);
  if (bytes > limit) fail(`${what}: ${kilobytes(bytes)} are more than ${kilobytes(limit)}`);
}

function fail(what) {
  console.error(`SIZE_EXCEEDED: ${what}`);
  process.exitCode = 1;
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
}

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
