import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CacheItem, ensureCached, findCached } from "../cache";
import { pins as defaultPins, RouteUnavailable } from "../download";
import type { ToolchainOptions } from "../options";
import type { ToolchainReport } from "../report";
import { downloadKubernetesPlugin } from "./archive";
import { buildPlugin, builtPlugin } from "./build";

/** What to do for the official Kubernetes provider. */
export interface PluginOptions extends ToolchainOptions {
  /** Whether to build it, for minutes, where it can't be downloaded. Default false: the lab has a stand-in. */
  build?: boolean;
}

/**
 * The official Kubernetes provider plugin, under the version of the installed SDK: the directory the engine would keep it
 * in. From the cache, else downloaded, else built from a pinned Go module if that is asked for; otherwise undefined. What
 * was made once needs no network.
 */
export async function resolveKubernetesPlugin(
  nodeModules: string,
  report: ToolchainReport,
  { build = false, ...options }: PluginOptions = {},
): Promise<string | undefined> {
  const surroundings = {
    env: process.env,
    pins: defaultPins,
    platform: process.platform,
    arch: process.arch,
    ...options,
  };
  const { env, platform, arch } = surroundings;
  const version = installedVersion(nodeModules);
  if (version === undefined) {
    return undefined;
  }
  const label = `Kubernetes provider plugin ${version}`;
  const plugin = (directory: string) => join(directory, "plugins", `resource-kubernetes-v${version}`);
  const release: CacheItem = { kind: "kubernetes-plugin", key: `${version}-${platform}-${arch}`, label };
  const built = await builtPlugin(version, platform, arch);
  for (const item of built === undefined ? [release] : [release, built]) {
    const directory = await findCached(item, env);
    if (directory !== undefined) {
      return plugin(directory);
    }
  }
  let reason: string;
  try {
    return plugin(
      await ensureCached(release, env, report, (directory) =>
        downloadKubernetesPlugin(plugin(directory), version, surroundings, report),
      ),
    );
  } catch (error) {
    if (!(error instanceof RouteUnavailable)) {
      throw error;
    }
    reason = error.message;
  }
  if (!build || built === undefined) {
    return undefined;
  }
  report.note(`no official download of the ${label}: ${reason}`);
  const make = (directory: string) => buildPlugin(plugin(directory), surroundings, report, [reason]);
  return plugin(await ensureCached(built, env, report, make));
}

function installedVersion(nodeModules: string): string | undefined {
  try {
    const text = readFileSync(join(nodeModules, "@pulumi", "kubernetes", "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return undefined;
  }
}
