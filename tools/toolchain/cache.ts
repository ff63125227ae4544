import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { OidcRunnerError } from "../../trust";
import { changeableByOthers } from "./changeable";
import { withLock } from "./lock";
import type { ToolchainReport } from "./report";

/** One thing in the cache: `KIND/KEY` below the cache directory. */
export interface CacheItem {
  kind: string;
  /** Names the exact content: version and what it was made from. See {@link cacheKey}. */
  key: string;
  /** What a user calls it, e.g. `Pulumi CLI 3.250.0`. */
  label: string;
}

/** `$OIDC_RUNNER_CACHE`, else `$XDG_CACHE_HOME/pulumi-oidc-runner`, else `~/.cache/pulumi-oidc-runner`. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  if (env.OIDC_RUNNER_CACHE) {
    return env.OIDC_RUNNER_CACHE;
  }
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "pulumi-oidc-runner");
}

/** `VERSION-HASH` over the contents of the pinning files and anything else that decides what is made. */
export async function cacheKey(version: string, files: string[], extra: string[] = []): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${basename(file)}\0`).update(
      createHash("sha256")
        .update(await readFile(file))
        .digest(),
    );
  }
  for (const text of extra) {
    hash.update(`${text}\0`);
  }
  return `${version}-${hash.digest("hex").slice(0, 12)}`;
}

/**
 * The directory of an item that is completely there. What is in it will be run, so the cache must not be another user's.
 *
 * @throws OidcRunnerError `TOOLCHAIN_CACHE_NOT_YOURS`
 */
export async function findCached(item: CacheItem, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const cache = cacheDirectory(env);
  const directory = join(cache, item.kind, item.key);
  for (const path of [cache, dirname(directory), directory]) {
    const stats = await stat(path).catch(() => undefined);
    const reason = stats && changeableByOthers(path, stats);
    if (reason !== undefined) {
      throw new OidcRunnerError("TOOLCHAIN_CACHE_NOT_YOURS", `others can change the tools in the cache: ${reason}`, {
        where: cache,
        fix: "set OIDC_RUNNER_CACHE to a directory that only you, or the administrator, can write to",
      });
    }
  }
  try {
    await access(join(directory, RECORD));
    return directory;
  } catch {
    return undefined;
  }
}

/**
 * The directory of an item, made first if it is not there. Made in a temporary directory and renamed, so that an item
 * is there as a whole or not at all; of several processes one makes it and the others wait.
 *
 * @param make fills the directory it is given, and returns what to remember about it (kept in `item.json`)
 */
export async function ensureCached(
  item: CacheItem,
  env: NodeJS.ProcessEnv,
  report: ToolchainReport,
  make: (directory: string) => Promise<Record<string, string>>,
): Promise<string> {
  const found = await findCached(item, env);
  if (found !== undefined) {
    return found;
  }
  const parent = join(cacheDirectory(env), item.kind);
  await makeWritable(parent);
  let announced = false;
  const onWait = ({ pid, waitedMs }: { pid: number; waitedMs: number }) => {
    if (!announced) {
      report.step(`Waiting for process ${pid}, which is already preparing ${item.label}`);
    }
    announced = true;
    report.progress(`waiting for process ${pid}: ${Math.round(waitedMs / 1000)} s`);
  };
  return withLock(
    join(parent, `${item.key}.lock`),
    async () => (await findCached(item, env)) ?? (await install(parent, item, make)),
    { onWait },
  );
}

const RECORD = "item.json";

async function install(
  parent: string,
  item: CacheItem,
  make: (directory: string) => Promise<Record<string, string>>,
): Promise<string> {
  const prefix = `.tmp-${item.key}-`;
  for (const name of await readdir(parent)) {
    // Left by a killed process: we hold the lock, so no other process uses it.
    if (name.startsWith(prefix)) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
  const temporary = await mkdtemp(join(parent, prefix));
  const target = join(parent, item.key);
  try {
    const record = await make(temporary);
    // mkdtemp makes it private, but the lab's pods run these binaries under other user ids.
    await chmod(temporary, 0o755);
    await writeFile(join(temporary, RECORD), `${JSON.stringify({ item: item.label, ...record }, null, 2)}\n`);
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
    return target;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function makeWritable(directory: string): Promise<void> {
  try {
    // Whatever the umask: no one else may write to it.
    await mkdir(directory, { recursive: true, mode: 0o755 });
    await rm(await mkdtemp(join(directory, ".probe-")), { recursive: true });
  } catch (cause) {
    throw new OidcRunnerError("TOOLCHAIN_CACHE_NOT_WRITABLE", "the tool cache cannot be written", {
      where: directory,
      fix: "set OIDC_RUNNER_CACHE to a directory you can write to",
      cause,
    });
  }
}
