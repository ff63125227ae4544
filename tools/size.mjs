// npm run size: what the Pulumi package weighs, against the limits of size.json. Ends with 1 above one of them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";
import { bundle } from "./pack/bundle.mjs";
import { pack } from "./pack/pack.mjs";

/**
 * Bytes. `minified.before`: what the package of that commit held of code, a file a module. What came to it since is a feature
 * with a limit of its own; the rest may be `ratio` of what that commit had, and everything `all` of it.
 */
const limits = JSON.parse(readFileSync(new URL("size.json", import.meta.url), "utf8"));

await main(async () => {
  await ensureInstalled();
  // What `npm test` builds: it runs this too.
  await ensureBuilt({ tests: true });
  const { transformSync } = await import("esbuild");
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { before, ratio, all: ratioOfAll, features } = limits.minified;
  const ofBefore = (size, limit) => `; ${(size / before).toFixed(3)} of ${before} before, limit ${limit}`;
  const sizes = Object.fromEntries(["the rest", ...Object.keys(features)].map((name) => [name, 0]));
  const featureOf = (source) =>
    Object.keys(features).find((name) => features[name].sources.some((path) => source.startsWith(path))) ?? "the rest";
  for (const { path, code, sources } of await inDirectory((directory) => bundle(root, manifest, directory))) {
    const bytes = Buffer.byteLength(transformSync(code, { minify: true, target: "node20" }).code);
    console.log(`  ${kilobytes(bytes)}  ${path}, minified`);
    const all = Object.values(sources).reduce((sum, size) => sum + size, 0);
    for (const [source, size] of Object.entries(sources)) {
      // A file that only exports what chunks hold has one source, and nothing of it.
      sizes[featureOf(source)] += all === 0 ? bytes : (bytes * size) / all;
    }
  }
  for (const [name, { limit }] of Object.entries(features)) {
    check(`${name}, minified`, sizes[name], limit, `; limit ${kilobytes(limit).trim()}`);
  }
  const rest = sizes["the rest"];
  check("the rest, minified", rest, before * ratio, ofBefore(rest, ratio));
  const everything = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  check("everything, minified", everything, before * ratioOfAll, ofBefore(everything, ratioOfAll));

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
