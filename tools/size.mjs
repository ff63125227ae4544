// npm run size: what the Pulumi package weighs, against the limits of size.json. Ends with 1 above one of them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";
import { pack } from "./pack/pack.mjs";

/** `minified.before` is the provider of that commit, which was all of today's rooms in one; sizes in bytes. */
const limits = JSON.parse(readFileSync(new URL("size.json", import.meta.url), "utf8"));
const ROOMS = ["provider", "pulumi-cloud", "trust"];

await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const { transformSync } = await import("esbuild");
  const minify = (file) => transformSync(readFileSync(file), { minify: true, target: "node20" }).code;
  let minified = 0;
  for (const room of ROOMS) {
    const files = filesBelow(join(root, "dist", room)).filter((file) => file.endsWith(".js"));
    const bytes = files.reduce((sum, file) => sum + Buffer.byteLength(minify(file)), 0);
    console.log(`  ${kilobytes(bytes)}  ${room}, minified (${files.length} files)`);
    minified += bytes;
  }
  const { before, ratio } = limits.minified;
  check(
    "minified",
    minified,
    before * ratio,
    `; ${(minified / before).toFixed(3)} of ${before} before, limit ${ratio}`,
  );

  const { unpackedSize, dependencies } = await packed();
  const modules = Object.keys(dependencies).map((name) => join(root, "node_modules", name));
  const installed = modules.flatMap(filesBelow).reduce((sum, file) => sum + statSync(file).size, unpackedSize);
  check("installed, with its dependencies", installed, limits.installed, "");
  const names = Object.keys(dependencies).join(", ");
  if (names !== limits.dependencies.join(", ")) fail(`it depends on ${names}, not on ${limits.dependencies} alone`);
});

async function packed() {
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-size-"));
  try {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    return { ...(await pack(root, ".", directory)), dependencies };
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
