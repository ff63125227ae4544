import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CodedError } from "../bootstrap/coded-error.mjs";
import { run } from "../bootstrap/run.mjs";
import { bundle } from "./bundle.mjs";
import { addressesOf, pageOf } from "./page.mjs";

/** Where the manifests of the packages lie, from the clone. */
export const PACKAGES = [".", "cli", "runtime"];
/** What only a clone needs of a manifest. */
const OF_THE_CLONE = ["scripts", "devDependencies", "workspaces"];

/**
 * Makes a package's tarball in an existing directory. Its `files` are paths from the clone whichever manifest lists them,
 * because all packages are cut from one `dist`; they are copied to a directory of their own and packed there. What a
 * manifest exports is bundled, with the declarations copied beside it. Links in its documents lead to the repository.
 *
 * @returns {Promise<{ filename: string, files: { path: string, size: number }[], unpackedSize: number }>} as npm tells it
 */
export async function pack(root, directory, destination) {
  const manifest = JSON.parse(readFileSync(join(root, directory, "package.json"), "utf8"));
  for (const key of OF_THE_CLONE) {
    delete manifest[key];
  }
  const clone = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const stage = mkdtempSync(join(tmpdir(), "oidc-runner-pack-"));
  try {
    const packed = { ...manifest, ...addressesOf(clone, directory) };
    writeFileSync(join(stage, "package.json"), `${JSON.stringify(packed, null, 2)}\n`);
    const listed = manifest.files.filter((path) => !path.startsWith("!"));
    const bundled = await bundle(root, manifest, stage);
    const isNeeded = (path) => bundled.length === 0 || !/\.(js|sh)$/.test(path);
    for (const path of [...listed, "LICENSE"]) {
      copy(join(root, path), join(stage, path), isNeeded);
    }
    copy(join(root, directory, "README.md"), join(stage, "README.md"));
    for (const name of ["README.md", "SECURITY.md", "CHANGELOG.md"].filter((name) => existsSync(join(stage, name)))) {
      const text = readFileSync(join(stage, name), "utf8");
      writeFileSync(join(stage, name), pageOf(text, clone, name === "README.md" ? directory : "."));
    }
    const args = ["pack", "--ignore-scripts", "--json", "--no-update-notifier", "--pack-destination", destination];
    const { code, output } = await run("npm", args, { cwd: stage });
    if (code !== 0) {
      throw new CodedError("PACK_FAILED", `npm pack failed: ${output.trim()}`, "put that right");
    }
    // Its answer alone: an older npm says behind it that there is a newer one.
    return JSON.parse(output.slice(output.indexOf("["), output.lastIndexOf("\n]") + 2))[0];
  } finally {
    rmSync(stage, { recursive: true });
  }
}

function copy(from, to, filter) {
  if (!existsSync(from)) {
    throw new CodedError("PACK_FAILED", `${from} does not exist`, "correct `files` or build first");
  }
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, filter });
}
