import { copyFile, link } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CacheItem, cacheKey, ensureCached, findCached } from "../cache";
import { pins as defaultPins, type Pins, RouteUnavailable } from "../download";
import { goBuild } from "../go-build";
import { pinningFiles as hostFiles, installHosts } from "../node-hosts";
import type { ToolchainOptions } from "../options";
import { packageRoot } from "../package-root";
import type { ToolchainReport } from "../report";
import type { PulumiCli } from "../types";
import { downloadPulumi } from "./archive";
import { pulumiOnPath } from "./on-path";

/**
 * Finds the Pulumi CLI, with what it needs to run Node programs and dynamic providers beside it: on `PATH`, else the
 * official download, else built from pinned Go modules. What was made once is taken from the cache without any network.
 *
 * The built one brings our own language host and dynamic-provider launcher. They also look for `@pulumi/pulumi` in the
 * directory `OIDC_RUNNER_NODE_ROOT`, for programs that have no node_modules of their own.
 */
export async function resolvePulumiCli(report: ToolchainReport, options: ToolchainOptions = {}): Promise<PulumiCli> {
  const { env = process.env, pins = defaultPins, platform = process.platform, arch = process.arch } = options;
  const onPath = await pulumiOnPath(env, pins.pulumi.minimumOnPath, report);
  if (onPath !== undefined) {
    return onPath;
  }
  const version = pins.pulumi.version;
  const label = `Pulumi CLI ${version}`;
  const release: CacheItem = { kind: "pulumi-release", key: `${version}-${platform}-${arch}`, label };
  const built = await builtItem(pins, platform, arch, label);
  for (const item of [release, built]) {
    const directory = await findCached(item, env);
    if (directory !== undefined) {
      return { path: join(directory, "pulumi"), version };
    }
  }
  const tried = ["no suitable pulumi on PATH"];
  try {
    const make = (directory: string) => downloadPulumi(directory, { env, pins, platform, arch }, report);
    return { path: join(await ensureCached(release, env, report, make), "pulumi"), version };
  } catch (error) {
    if (!(error instanceof RouteUnavailable)) {
      throw error;
    }
    report.note(`no official download of the Pulumi CLI: ${error.message}`);
    tried.push(error.message);
  }
  const directory = await ensureCached(built, env, report, async (target) => {
    const binary = join(await ensureBinary(pins, platform, arch, env, report, tried), "pulumi");
    // The engine looks for its hosts beside the binary's real path: a symbolic link would not do.
    await link(binary, join(target, "pulumi")).catch(() => copyFile(binary, join(target, "pulumi")));
    await installHosts(target);
    return { source: dirname(binary) };
  });
  return { path: join(directory, "pulumi"), version };
}

/** The CLI together with our hosts. Apart from the bare binary, so that a changed host does not compile the CLI again. */
async function builtItem(pins: Pins, platform: string, arch: string, label: string): Promise<CacheItem> {
  const files = [...moduleFiles(), ...hostFiles()];
  return { kind: "pulumi-cli", key: await cacheKey(pins.pulumi.version, files, [platform, arch]), label };
}

async function ensureBinary(
  pins: Pins,
  platform: string,
  arch: string,
  env: NodeJS.ProcessEnv,
  report: ToolchainReport,
  tried: string[],
): Promise<string> {
  const { version } = pins.pulumi;
  const label = `Pulumi CLI ${version}`;
  const key = await cacheKey(version, moduleFiles(), [platform, arch]);
  const build = {
    label,
    module: moduleDirectory(),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    // Without it the CLI reports no version, and the Automation API refuses it.
    variables: [`github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`],
    cost: "about 3 minutes on 2 cores",
    expected: pins.goBuilds.pulumi,
  };
  return ensureCached({ kind: "pulumi-binary", key, label }, env, report, (directory) =>
    goBuild(build, join(directory, "pulumi"), env, report, tried),
  );
}

function moduleDirectory(): string {
  return join(packageRoot(), "tools", "pulumi-cli");
}

function moduleFiles(): string[] {
  return ["go.mod", "go.sum", "tools.go"].map((name) => join(moduleDirectory(), name));
}
