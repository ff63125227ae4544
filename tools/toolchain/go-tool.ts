import { join } from "node:path";
import { type ErrorCode, OidcRunnerError } from "../../trust";
import { type CacheItem, cacheKey, ensureCached } from "./cache";
import { pins as defaultPins } from "./download";
import { type GoBuild, goBuild } from "./go-build";
import type { ToolchainOptions } from "./options";
import { packageRoot } from "./package-root";
import type { ToolchainReport } from "./report";

/** A program that is made from a Go module of this package alone. */
export interface GoTool extends Pick<GoBuild, "label" | "package" | "cost"> {
  /** What the module's directory in `tools`, its pins and its place in the cache are called. */
  name: string;
  version: string;
  /** Files of the module that the program depends on. */
  files: readonly string[];
  /** Default: {@link name}. */
  program?: string;
  /** Default: none. */
  variables?: string[];
}

/** Why a machine can't build a program. */
const UNAVAILABLE: readonly ErrorCode[] = ["TOOLCHAIN_NO_GO", "TOOLCHAIN_NO_NETWORK", "TOOLCHAIN_BUILD_FAILED"];

/**
 * Builds a program, once.
 *
 * @returns its path
 * @throws OidcRunnerError `TOOLCHAIN_NO_GO`, `TOOLCHAIN_NO_NETWORK`, `TOOLCHAIN_BUILD_FAILED`
 */
export async function resolveGoTool(tool: GoTool, report: ToolchainReport, options: ToolchainOptions): Promise<string> {
  const { env = process.env, pins = defaultPins, platform = process.platform, arch = process.arch } = options;
  const { name, version, label, cost, program = name, variables = [] } = tool;
  const module = join(packageRoot(), "tools", name);
  const files = tool.files.map((file) => join(module, file));
  const item: CacheItem = { kind: name, key: await cacheKey(version, files, [platform, arch]), label };
  const build = { label, module, package: tool.package, variables, cost, expected: pins.goBuilds[name] };
  const directory = await ensureCached(item, env, report, (target) =>
    goBuild(build, join(target, program), env, report, []),
  );
  return join(directory, program);
}

/** The path of a program without which a machine does the rest, or why it can't be built there. */
export async function orMissing(built: Promise<string>): Promise<{ path: string } | { missing: string }> {
  try {
    return { path: await built };
  } catch (error) {
    if (!(error instanceof OidcRunnerError && UNAVAILABLE.includes(error.code))) {
      throw error;
    }
    return { missing: error.what };
  }
}
