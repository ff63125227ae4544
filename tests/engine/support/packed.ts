import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../../tools/toolchain/package-root";

export const run = promisify(execFile);

/**
 * Makes a project and installs the package into it from its tarball, as users do, with some of its peers in the versions
 * that the clone has. Returns the paths of the files that were packed.
 */
export async function installPacked(project: string, peers: string[], manifest: object = {}): Promise<string[]> {
  mkdirSync(project);
  // dist is fresh: the tests run after a build. Its script would build again.
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", project], {
    cwd: packageRoot(),
  });
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  const { devDependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  const dependencies = Object.fromEntries(peers.map((name) => [name, devDependencies[name]]));
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, ...manifest, dependencies }));
  const quick = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run("npm", ["install", ...quick, join(project, filename)], { cwd: project });
  return files.map(({ path }) => path);
}
