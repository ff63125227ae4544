import { join } from "node:path";
import { type ErrorCode, OidcRunnerError } from "../../../trust";
import { type CacheItem, cacheKey, ensureCached } from "../cache";
import { pins as defaultPins } from "../download";
import { goBuild } from "../go-build";
import type { ToolchainOptions } from "../options";
import { packageRoot } from "../package-root";
import type { ToolchainReport } from "../report";

/** Why a machine can't build it; only tests need it. */
const UNAVAILABLE: readonly ErrorCode[] = ["TOOLCHAIN_NO_GO", "TOOLCHAIN_NO_NETWORK", "TOOLCHAIN_BUILD_FAILED"];

/** Directory of Pulumi's own language host for YAML, or why there is none. */
export type YamlHost = { directory: string } | { missing: string };

/** Pulumi's language host for YAML, built once from its pinned Go module. Tests run programs in YAML by it. */
export async function resolveYamlHost(report: ToolchainReport, options: ToolchainOptions = {}): Promise<YamlHost> {
  const { env = process.env, pins = defaultPins, platform = process.platform, arch = process.arch } = options;
  const module = join(packageRoot(), "tools", "language-yaml");
  const label = "language host for YAML";
  const key = await cacheKey(
    "1.25.0",
    ["go.mod", "go.sum"].map((name) => join(module, name)),
    [platform, arch],
  );
  const item: CacheItem = { kind: "language-yaml", key, label };
  const build = {
    label,
    module,
    package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    variables: ["github.com/pulumi/pulumi-yaml/pkg/version.Version=v1.25.0"],
    cost: "about two minutes on 2 cores",
    expected: pins.goBuilds["language-yaml"],
  };
  try {
    const directory = await ensureCached(item, env, report, (target) =>
      goBuild(build, join(target, "pulumi-language-yaml"), env, report, []),
    );
    return { directory };
  } catch (error) {
    if (!(error instanceof OidcRunnerError && UNAVAILABLE.includes(error.code))) {
      throw error;
    }
    return { missing: error.what };
  }
}
