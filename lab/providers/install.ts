import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { dieWithParentFile } from "../../tools/toolchain";
import { launcher } from "../shell";

/** What to install where. */
export interface InstallOptions {
  /** The `PULUMI_HOME` to write into. */
  pulumiHome: string;
  /** The `node_modules` whose Pulumi SDKs of Kubernetes and the clouds programs will use. */
  nodeModules: string;
  /** True when the official Kubernetes plugin is there: no stand-in is written for it. */
  useOfficialKubernetes: boolean;
  /** Command that runs `main`. Default: Node with this package's own `main`, through ts-node when running from sources. */
  command?: string[];
}

/** One installed stand-in. */
export interface InstalledProvider {
  name: string;
  version: string;
  /** Absolute path of the launcher. */
  launcher: string;
}

/**
 * Writes the launchers of the stand-in providers into `PULUMI_HOME/plugins`, with the versions of the installed SDKs, so
 * that the engine finds exactly what a program asks for. SDKs that are not installed are left out.
 */
export async function installProviders(options: InstallOptions): Promise<InstalledProvider[]> {
  const names = ["kubernetes", "aws", "azure-native", "azuread", "gcp"].filter(
    (name) => name !== "kubernetes" || !options.useOfficialKubernetes,
  );
  const command = options.command ?? defaultCommand();
  const installed: InstalledProvider[] = [];
  for (const name of names) {
    const version = await installedVersion(options.nodeModules, name);
    if (version === undefined) {
      continue;
    }
    const directory = path.join(options.pulumiHome, "plugins", `resource-${name}-v${version}`);
    const file = path.join(directory, `pulumi-resource-${name}`);
    await mkdir(directory, { recursive: true });
    await writeFile(file, launcher(...command, name, version, options.nodeModules));
    await chmod(file, 0o755);
    installed.push({ name, version, launcher: file });
  }
  return installed;
}

function defaultCommand(): string[] {
  const extension = path.extname(__filename);
  const main = path.join(__dirname, `main${extension}`);
  // A killed engine can't tell its plugins to end.
  const node = [process.execPath, "--require", dieWithParentFile()];
  if (extension !== ".ts") {
    return [...node, main];
  }
  // ts-node looks for its configuration from the working directory, which is the user's program.
  const project = `TS_NODE_PROJECT=${path.resolve(__dirname, "../../tsconfig.json")}`;
  return ["/usr/bin/env", project, ...node, "-r", require.resolve("ts-node/register/transpile-only"), main];
}

async function installedVersion(nodeModules: string, name: string): Promise<string | undefined> {
  try {
    const text = await readFile(path.join(nodeModules, "@pulumi", name, "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
