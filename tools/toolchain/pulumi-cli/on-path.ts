import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { executableIn, findExecutable } from "../find-executable";
import type { ToolchainReport } from "../report";
import { run } from "../run";
import type { PulumiCli } from "../types";
import { isAtLeast, parseVersion } from "../version";

/** What a CLI needs beside it or on `PATH` to run a Node program with dynamic resources. */
const HOSTS = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** The `pulumi` on `PATH`, if it is new enough and can run Node programs; otherwise a note says why it is passed by. */
export async function pulumiOnPath(
  env: NodeJS.ProcessEnv,
  minimum: string,
  report: ToolchainReport,
): Promise<PulumiCli | undefined> {
  const path = await findExecutable("pulumi", env);
  if (path === undefined) {
    return undefined;
  }
  const asked = await run(path, ["version"], { env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }, timeoutMs: 20_000 });
  const version = asked.code === 0 ? parseVersion(asked.stdout)?.join(".") : undefined;
  if (version === undefined) {
    report.note(`${path} is passed by: it does not tell its version`);
    return undefined;
  }
  if (!isAtLeast(version, minimum)) {
    report.note(`${path} is passed by: version ${version} is older than ${minimum}`);
    return undefined;
  }
  const directories = [dirname(path), dirname(await realpath(path))];
  for (const host of HOSTS) {
    const beside = await Promise.all(directories.map((directory) => executableIn(directory, host)));
    if (beside.some((found) => found !== undefined) || (await findExecutable(host, env)) !== undefined) {
      continue;
    }
    report.note(`${path} is passed by: ${host} is neither beside it nor on PATH`);
    return undefined;
  }
  return { path, version };
}
