import { join } from "node:path";
import { type CacheItem, cacheKey, ensureCached } from "../cache";
import { pins as defaultPins } from "../download";
import { goBuild } from "../go-build";
import type { ToolchainOptions } from "../options";
import { packageRoot } from "../package-root";
import type { ToolchainReport } from "../report";

/**
 * The program that writes SDKs from a schema: Pulumi's own code generators, built once from the Go module of the CLI.
 *
 * @returns its path
 */
export async function resolveSdkGenerator(report: ToolchainReport, options: ToolchainOptions = {}): Promise<string> {
  const { env = process.env, pins = defaultPins, platform = process.platform, arch = process.arch } = options;
  const module = join(packageRoot(), "tools", "sdk-generator");
  const files = ["go.mod", "go.sum", "main.go"].map((name) => join(module, name));
  const label = `Pulumi's code generators ${pins.pulumi.version}`;
  const key = await cacheKey(pins.pulumi.version, files, [platform, arch]);
  const item: CacheItem = { kind: "sdk-generator", key, label };
  const build = {
    label,
    module,
    package: ".",
    variables: [],
    cost: "about a minute on 2 cores",
    expected: pins.goBuilds["sdk-generator"],
  };
  const directory = await ensureCached(item, env, report, (target) =>
    goBuild(build, join(target, "sdk-generator"), env, report, []),
  );
  return join(directory, "sdk-generator");
}
