import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PulumiCli } from "../../lab/types";
import { type CacheItem, ensureCached, findCached } from "./cache";
import { isReachable } from "./download";
import type { ToolchainOptions } from "./options";
import type { ToolchainReport } from "./report";
import { run } from "./run";

/** Where Pulumi publishes its plugins. */
const PLUGIN_SERVER = "https://get.pulumi.com";

/**
 * The official Kubernetes provider plugin in the version of the installed SDK: the directory the engine would keep it in,
 * or undefined where it can't be downloaded, for which the lab has a stand-in. What was fetched once needs no network.
 */
export async function resolveKubernetesPlugin(
  cli: PulumiCli,
  nodeModules: string,
  report: ToolchainReport,
  options: ToolchainOptions & { server?: string } = {},
): Promise<string | undefined> {
  const { env = process.env, platform = process.platform, arch = process.arch, server = PLUGIN_SERVER } = options;
  const version = installedVersion(nodeModules);
  if (version === undefined) {
    return undefined;
  }
  const label = `Kubernetes provider plugin ${version}`;
  const item: CacheItem = { kind: "kubernetes-plugin", key: `${version}-${platform}-${arch}`, label };
  const plugin = (directory: string) => join(directory, "plugins", `resource-kubernetes-v${version}`);
  const cached = await findCached(item, env);
  if (cached !== undefined) {
    return plugin(cached);
  }
  if (!(await isReachable(server))) {
    return undefined;
  }
  try {
    const directory = await ensureCached(item, env, report, async (target) => {
      report.step(`Downloading the ${label}`);
      const args = ["plugin", "install", "resource", "kubernetes", `v${version}`, "--server", server];
      const result = await run(cli.path, args, { env: { ...env, PULUMI_HOME: target } });
      if (result.code !== 0) {
        throw new Error(result.stderr.trim().split("\n").at(-1));
      }
      return { source: server };
    });
    return plugin(directory);
  } catch (error) {
    report.note(`no official ${label}: ${(error as Error).message}; the lab's stand-in serves`);
    return undefined;
  }
}

function installedVersion(nodeModules: string): string | undefined {
  try {
    const text = readFileSync(join(nodeModules, "@pulumi", "kubernetes", "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return undefined;
  }
}
