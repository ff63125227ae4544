import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedError } from "../bootstrap/coded-error.mjs";
import { run } from "../bootstrap/run.mjs";

/**
 * Packages that the plugin has whole: what is loaded by a name that is made at run time. All others are in its bundle, so that of the
 * clouds' SDKs (300 MB) it has what its components use.
 */
const WHOLE = ["@pulumi/pulumi", "@kubernetes/client-node"];

/** Finds itself through any links, as Node does. */
const LAUNCHER = `#!/bin/sh
file=$0
while [ -h "$file" ]; do
  target=$(readlink "$file")
  case $target in /*) file=$target ;; *) file=$(dirname "$file")/$target ;; esac
done
exec node "$(dirname "$file")/dist/plugin/main.js" "$@"
`;

/** On Windows the engine starts this one (pulumi/pulumi v3.259.0, sdk/go/common/workspace/plugins.go, getCandidateExtensions). */
const WINDOWS_LAUNCHER = '@node "%~dp0dist\\plugin\\main.js" %*\r\n';

/**
 * Makes the plugin's archive, as `pulumi plugin install resource oidc-runner VERSION --file` takes it: it needs nothing but Node.js.
 *
 * @returns {Promise<string>} its path
 */
export async function packPlugin(root, destination) {
  const manifest = JSON.parse(readFileSync(join(root, "plugin", "package.json"), "utf8"));
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const stage = mkdtempSync(join(tmpdir(), "oidc-runner-plugin-"));
  try {
    const output = join(stage, "dist", "plugin");
    mkdirSync(output, { recursive: true });
    const { build } = await import("esbuild");
    await build({
      ...{ absWorkingDir: root, entryPoints: ["dist/plugin/main.js"], outfile: join(output, "main.js") },
      ...{ platform: "node", target: "node20", format: "cjs", bundle: true, logLevel: "error" },
      external: WHOLE.flatMap((name) => [name, `${name}/*`]),
    });
    const scripts = join(root, "provider", "workload", "entrypoint");
    for (const name of readdirSync(scripts).filter((file) => file.endsWith(".sh"))) {
      copyFileSync(join(scripts, name), join(output, name));
    }
    for (const name of ["schema.json", "LICENSE"]) {
      copyFileSync(join(root, name), join(stage, name));
    }
    const dependencies = Object.fromEntries(WHOLE.map((name) => [name, lock.packages[`node_modules/${name}`].version]));
    writeFileSync(
      join(stage, "package.json"),
      JSON.stringify({ ...manifest, main: "dist/plugin/main.js", dependencies }),
    );
    for (const path of closure(lock, WHOLE)) {
      cpSync(join(root, path), join(stage, path), { recursive: true, filter: isNeeded });
    }
    writeFileSync(join(stage, "pulumi-resource-oidc-runner"), LAUNCHER, { mode: 0o755 });
    writeFileSync(join(stage, "pulumi-resource-oidc-runner.cmd"), WINDOWS_LAUNCHER);
    const file = join(destination, `pulumi-resource-oidc-runner-v${manifest.version}.tar.gz`);
    const { code, output: said } = await run("tar", ["-czf", file, "-C", stage, "."]);
    if (code !== 0) {
      throw new CodedError("PACK_FAILED", `tar failed: ${said.trim()}`, "put that right");
    }
    return file;
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** Where package-lock.json has packages and all that they need, each as npm has put it: pinned, and without a download. */
function closure({ packages }, names) {
  const found = new Set();
  const queue = names.map((name) => ["", name]);
  for (const [from, name] of queue) {
    const path = resolve(packages, from, name);
    if (path === undefined || found.has(path)) {
      continue;
    }
    found.add(path);
    const { dependencies = {}, optionalDependencies = {} } = packages[path];
    queue.push(...Object.keys({ ...dependencies, ...optionalDependencies }).map((needed) => [path, needed]));
  }
  // What lies in another that is copied comes with it.
  return [...found].filter((path) => ![...found].some((other) => path.startsWith(`${other}/`)));
}

/** The innermost directory above a package that has another one. */
function resolve(packages, from, name) {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("node_modules/") - 1))) {
    const path = `${place === "" ? "" : `${place}/`}node_modules/${name}`;
    if (packages[path] !== undefined) {
      return path;
    }
    if (place === "") {
      return undefined;
    }
  }
}

/** Links to commands lead out of the archive, which Pulumi refuses. */
function isNeeded(path) {
  return !/\.(map|d\.ts)$|\/\.bin$/.test(path);
}
