import { existsSync } from "node:fs";
import { copyFile, link, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { OidcRunnerError } from "../../../trust";
import { type CacheItem, cacheKey, ensureCached } from "../cache";
import { goBuild } from "../go-build";
import type { ToolchainOptions } from "../options";
import { packageRoot } from "../package-root";
import type { ToolchainReport } from "../report";
import { run } from "../run";

/** What the binary reads beside it. */
const DATA = ["schema.json", "terraform-mapping.json"];

const GO_MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/**
 * The cache item of the built plugin as one version, or undefined in an installed package: only a clone has the module
 * that pins the build.
 */
export async function builtPlugin(version: string, platform: string, arch: string): Promise<CacheItem | undefined> {
  if (!existsSync(moduleDirectory())) {
    return undefined;
  }
  const key = await cacheKey(version, moduleFiles(), [platform, arch]);
  return { kind: "kubernetes-plugin-built", key, label: `Kubernetes provider plugin ${version}` };
}

/** Fills a plugin directory with the built provider, whose binary is shared between versions. */
export async function buildPlugin(
  target: string,
  { env, pins, platform, arch }: Required<ToolchainOptions>,
  report: ToolchainReport,
  tried: string[],
): Promise<Record<string, string>> {
  const label = "official Kubernetes provider (its Go module of January 2026)";
  const module = moduleDirectory();
  const key = await cacheKey("2026-01", moduleFiles(), [platform, arch]);
  const item: CacheItem = { kind: "kubernetes-provider", key, label };
  const binary = "pulumi-resource-kubernetes";
  const build = {
    label,
    module,
    package: ".",
    variables: [],
    cost: "about 7 minutes on 2 cores, 4 GB of Go caches",
    expected: pins.goBuilds["kubernetes-provider"],
  };
  const made = await ensureCached(item, env, report, async (directory) => {
    const record = await goBuild(build, join(directory, binary), env, report, tried);
    const sources = await sourcesOf(module, env);
    for (const name of DATA) {
      await copyFile(join(sources, name), join(directory, name));
    }
    return record;
  });
  await mkdir(target, { recursive: true });
  for (const name of [binary, ...DATA]) {
    // The binary takes its version from the directory of its real path: a symbolic link would not do.
    await link(join(made, name), join(target, name)).catch(() => copyFile(join(made, name), join(target, name)));
  }
  return { source: made };
}

/** Directory of the provider's own command in the module cache. */
async function sourcesOf(module: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = ["list", "-C", module, "-mod=readonly", "-m", "-f", "{{.Dir}}", GO_MODULE];
  const asked = await run("go", args, { env: { ...env, GOWORK: "off" } });
  if (asked.code !== 0) {
    throw new OidcRunnerError("TOOLCHAIN_BUILD_FAILED", `${GO_MODULE} is not in the module cache`, {
      where: module,
      output: asked.stderr.trim(),
    });
  }
  return join(asked.stdout.trim(), "cmd", "pulumi-resource-kubernetes");
}

function moduleDirectory(): string {
  return join(packageRoot(), "tools", "kubernetes-provider");
}

function moduleFiles(): string[] {
  return ["go.mod", "go.sum", "main.go"].map((name) => join(moduleDirectory(), name));
}
