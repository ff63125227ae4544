import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheKey, ensureCached } from "../../tools/toolchain/cache";
import { findExecutable } from "../../tools/toolchain/find-executable";
import { goBuild } from "../../tools/toolchain/go-build";
import { packageRoot } from "../../tools/toolchain/package-root";
import { silentReport } from "../../tools/toolchain/report";
import { run } from "../../tools/toolchain/run";
import { OidcRunnerError } from "../../trust";
import { skip } from "../skip";

/** A tool that can't be had on this machine: what needs it is skipped with the message as the reason. */
export class ToolMissing extends Error {}

const DIRECTORY = join(packageRoot(), "tools", "linters");

/**
 * The executable of actionlint, built into the tool cache the first time (about 10 seconds).
 *
 * @throws ToolMissing
 */
export async function resolveActionlint(env = process.env): Promise<string> {
  const files = ["go.mod", "go.sum", "tools.go"].map((name) => join(DIRECTORY, name));
  const version = /actionlint v(\S+)/.exec(readFileSync(join(DIRECTORY, "go.mod"), "utf8"))?.[1] ?? "";
  const label = `actionlint ${version}`;
  const key = await cacheKey(version, files, [process.platform, process.arch]);
  const build = {
    ...{ label, module: DIRECTORY, package: "github.com/rhysd/actionlint/cmd/actionlint", variables: [] },
    ...{ cost: "about 10 seconds", expected: undefined },
  };
  try {
    const directory = await ensureCached({ kind: "actionlint", key, label }, env, silentReport, (target) =>
      goBuild(build, join(target, "actionlint"), env, silentReport, []),
    );
    return join(directory, "actionlint");
  } catch (error) {
    if (error instanceof OidcRunnerError && ["TOOLCHAIN_NO_GO", "TOOLCHAIN_NO_NETWORK"].includes(error.code)) {
      throw new ToolMissing(error.what);
    }
    throw error;
  }
}

/**
 * Where the packages of requirements.txt are, installed into the tool cache the first time (a few seconds): `bin/zizmor`, and
 * the schemas in `check_jsonschema/builtin_schemas/vendor`.
 *
 * @throws ToolMissing
 */
export async function resolvePythonLinters(env = process.env): Promise<string> {
  const requirements = join(DIRECTORY, "requirements.txt");
  const label = "zizmor and schemas of pipelines";
  const key = await cacheKey("1", [requirements], [process.platform, process.arch]);
  return ensureCached({ kind: "python-linters", key, label }, env, silentReport, async (target) => {
    if ((await findExecutable("python3", env)) === undefined) {
      throw new ToolMissing(`${label} can't be installed: python3 is not on PATH`);
    }
    const args = [
      ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"],
      ...["--no-deps", "--only-binary", ":all:", "--require-hashes"],
      ...["--target", target, "--requirement", requirements],
    ];
    const { code, stderr } = await run("python3", args, { env, timeoutMs: 120_000 });
    if (/DO NOT MATCH THE HASHES/.test(stderr)) {
      throw new Error(stderr);
    }
    if (code !== 0) {
      const why = stderr.trim().split("\n").at(-1) || "pip did not end in time";
      throw new ToolMissing(`${label} can't be installed by python3 -m pip: ${why}`);
    }
    return { source: "PyPI" };
  });
}

/** Gets a tool, or skips the tests of the suite with the reason. */
export async function orSkip(context: Mocha.Context, tool: Promise<string>): Promise<string> {
  try {
    return await tool;
  } catch (error) {
    if (error instanceof ToolMissing) {
      skip(context, error.message);
    }
    throw error;
  }
}
