import { cpSync, existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { cacheKey, ensureCached, packageRoot, run, type ToolchainReport } from "../tools/toolchain";
import { OidcRunnerError } from "../trust";
import type { Example } from "./examples";

interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Packages of this project, which have one version. */
const OURS = ["pulumi-oidc-runner", "oidc-runner-runtime"];

/** Later ones ask for Node 22 (pulumi/pulumi at v3.249.0, sdk/nodejs/package.json, `engines`). */
const SDK_OF_NODE_20 = "3.248.0";

/**
 * The directory that an example's paths are relative to, with the packages that its programs need: the clone; else a copy of what the
 * command's package has of the example, in the cache, where npm installs them once. Packages of this project that lie beside the command
 * are taken from there.
 *
 * @throws OidcRunnerError `EXAMPLE_NOT_INSTALLED`, and the codes of the cache
 */
export async function exampleRoot(example: Example, report: ToolchainReport): Promise<string> {
  const root = packageRoot();
  const { name, version } = manifestIn(root);
  if (name !== "oidc-runner") {
    return root;
  }
  const directories = directoriesOf(example);
  const files = directories.flatMap((directory) => filesIn(join(root, directory)));
  const manifests = files.filter((file) => basename(file) === "package.json");
  const dependencies = dependenciesOf(manifests, root, version);
  const places = Object.values(dependencies).filter((range) => range.startsWith("/"));
  const extra = [process.version, JSON.stringify(dependencies), ...places.map(installedAt)];
  const key = await cacheKey(version, files, extra);
  const item = { kind: "examples", key, label: `packages of ${directories.join(", ")}` };
  return ensureCached(item, process.env, report, async (directory) => {
    for (const path of ["Pulumi.yaml", ...directories]) {
      cpSync(join(root, path), join(directory, path), { recursive: true });
    }
    await install(directory, dependencies, report);
    return dependencies;
  });
}

function directoriesOf({ directory, deployments }: Example): string[] {
  // The quickstart's Pulumi.yaml lies at the top and names it.
  const programs = [directory === "." ? join("examples", "quickstart") : directory];
  return [...programs, ...(deployments === undefined ? [] : [...deployments.besides, deployments.source])];
}

/** What some programs depend on. A path is a directory that npm takes a package from. */
function dependenciesOf(manifests: string[], root: string, version: string): Record<string, string> {
  const wanted = manifests.map((file) => JSON.parse(readFileSync(file, "utf8")) as Manifest);
  const all = Object.assign(
    {},
    ...wanted.map(({ dependencies, devDependencies }) => ({ ...dependencies, ...devDependencies })),
  );
  const [major = 0] = process.versions.node.split(".").map(Number);
  return Object.fromEntries(
    Object.entries(all as Record<string, string>).map(([name, range]) => {
      if (OURS.includes(name)) {
        return [name, beside(name, root) ?? version];
      }
      return [name, name === "@pulumi/pulumi" && major < 22 ? SDK_OF_NODE_20 : range];
    }),
  );
}

function beside(name: string, root: string): string | undefined {
  const places = [process.cwd(), root].flatMap((from) => createRequire(join(from, "_.js")).resolve.paths(name) ?? []);
  const found = places.map((place) => join(place, name)).find((place) => existsSync(join(place, "package.json")));
  return found && realpathSync(found);
}

/** When a package was installed: its files have the times that they had in its tarball. */
function installedAt(directory: string): string {
  return String(statSync(join(directory, "package.json")).ctimeMs);
}

async function install(
  directory: string,
  dependencies: Record<string, string>,
  report: ToolchainReport,
): Promise<void> {
  writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, dependencies }));
  report.step("Installing the example's packages from npm's registry (the first time, about half a minute)");
  // Copies: a link would lead to what lies beside it.
  const args = ["install", "--prefix", directory, "--install-links", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { code, stderr } = await run("npm", args, { env: process.env, cwd: directory });
  if (code !== 0) {
    throw new OidcRunnerError("EXAMPLE_NOT_INSTALLED", "npm did not install the packages that the example needs", {
      fix: "check that npm reaches its registry, then run it again",
      output: stderr.trim().split("\n").slice(-10).join("\n"),
    });
  }
}

function manifestIn(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest;
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}
