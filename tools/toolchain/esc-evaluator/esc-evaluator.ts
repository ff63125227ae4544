import { join } from "node:path";
import { type ErrorCode, OidcRunnerError } from "../../../trust";
import { type CacheItem, cacheKey, ensureCached } from "../cache";
import { pins as defaultPins } from "../download";
import { goBuild } from "../go-build";
import type { ToolchainOptions } from "../options";
import { packageRoot } from "../package-root";
import type { ToolchainReport } from "../report";
import type { EscEvaluator } from "../types";

/** Why a machine can't build it; nothing else of a lab needs it. */
const UNAVAILABLE: readonly ErrorCode[] = ["TOOLCHAIN_NO_GO", "TOOLCHAIN_NO_NETWORK", "TOOLCHAIN_BUILD_FAILED"];

/**
 * The program that evaluates definitions of ESC environments, built once from the pinned Go module that the Pulumi CLI has its
 * evaluator from. Where it can't be built, the reason.
 */
export async function resolveEscEvaluator(
  report: ToolchainReport,
  options: ToolchainOptions = {},
): Promise<EscEvaluator> {
  const { env = process.env, pins = defaultPins, platform = process.platform, arch = process.arch } = options;
  const module = join(packageRoot(), "tools", "esc-evaluator");
  const files = ["go.mod", "go.sum", "main.go"].map((name) => join(module, name));
  const { version } = pins.pulumi;
  const label = `evaluator of Pulumi ESC ${version}`;
  const item: CacheItem = { kind: "esc-evaluator", key: await cacheKey(version, files, [platform, arch]), label };
  const build = {
    label,
    module,
    package: ".",
    variables: [],
    cost: "about half a minute on 2 cores",
    expected: pins.goBuilds["esc-evaluator"],
  };
  try {
    const directory = await ensureCached(item, env, report, (target) =>
      goBuild(build, join(target, "esc-evaluator"), env, report, []),
    );
    return { path: join(directory, "esc-evaluator") };
  } catch (error) {
    if (!(error instanceof OidcRunnerError && UNAVAILABLE.includes(error.code))) {
      throw error;
    }
    report.note(`the lab opens no ESC environments: ${error.what}`);
    return { missing: error.what };
  }
}
