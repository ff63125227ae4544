import { chmod, copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "./package-root";

/** Our files that stand beside a built CLI, under the names the engine looks for. */
const HOSTS = {
  "language-nodejs.cjs": "pulumi-language-nodejs",
  "dynamic-provider.cjs": "pulumi-resource-pulumi-nodejs",
  "die-with-parent.cjs": "die-with-parent.cjs",
};

/** The files that decide what {@link installHosts} installs. */
export function pinningFiles(): string[] {
  return Object.keys(HOSTS).map(source);
}

/** Puts the Node language host and the dynamic-provider launcher beside a CLI, where the engine counts them as its own. */
export async function installHosts(directory: string): Promise<void> {
  for (const [from, to] of Object.entries(HOSTS)) {
    await copyFile(source(from), join(directory, to));
    await chmod(join(directory, to), 0o755);
  }
  // They have no extension: without this a package.json above the cache could declare them ES modules.
  await writeFile(join(directory, "package.json"), '{ "type": "commonjs" }\n');
}

/** A script that ends its process with the one that started it, for Node's `--require`. */
export function dieWithParentFile(): string {
  return source("die-with-parent.cjs");
}

function source(name: string): string {
  return join(packageRoot(), "tools", "pulumi-cli", name);
}
