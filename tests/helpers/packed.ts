import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { packageRoot } from "../../tools/toolchain/package-root";

export const run = promisify(execFile);
/** Packages by their names, with the directories of their manifests. */
const PACKAGES = { "pulumi-oidc-runner": ".", "oidc-runner": "cli", "oidc-runner-runtime": "runtime" };

export type PackageName = keyof typeof PACKAGES;

export interface Tarball {
  file: string;
  /** Paths in it. */
  files: string[];
}

/** Makes the tarball of a package in a directory. `dist` is fresh, because tests run after a build. */
export async function pack(name: PackageName, directory: string): Promise<Tarball> {
  const { href } = pathToFileURL(join(packageRoot(), "tools", "pack", "pack.mjs"));
  const tool = (await import(href)) as {
    pack(root: string, of: string, to: string): Promise<{ filename: string; files: { path: string }[] }>;
  };
  const { filename, files } = await tool.pack(packageRoot(), PACKAGES[name], directory);
  return { file: join(directory, filename), files: files.map(({ path }) => path) };
}

/** What `npm install` is called with, so that it is quick and runs no script. */
export const QUICK = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];

/** The versions of packages that the clone has. */
export function clonesVersions(names: readonly string[]): Record<string, string | undefined> {
  const { devDependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  return Object.fromEntries(names.map((name) => [name, devDependencies[name]]));
}

/**
 * Makes a project and installs packages into it from their tarballs, as users do, with some of their peers in the versions
 * that the clone has. Returns the tarballs.
 */
export async function installPacked(
  project: string,
  names: readonly PackageName[],
  peers: readonly string[],
  { manifest = {}, flags = [] }: { manifest?: object; flags?: string[] } = {},
): Promise<Tarball[]> {
  mkdirSync(project);
  const tarballs: Tarball[] = [];
  for (const name of names) tarballs.push(await pack(name, project));
  const ours = Object.fromEntries(names.map((name, index) => [name, `file:${tarballs[index]?.file}`]));
  const dependencies = { ...clonesVersions(peers), ...ours };
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, ...manifest, dependencies }));
  await run("npm", ["install", ...QUICK, ...flags], { cwd: project });
  return tarballs;
}
