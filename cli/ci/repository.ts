import { spawnSync } from "node:child_process";
import type { Remote } from "./questions";

/** What a repository of git says for defaults. */
export interface Repository {
  /** Its root; the directory itself where there is no repository. */
  root: string;
  remote?: Remote;
  /** The remote's default branch. */
  branch?: string;
}

/** Reads the repository that a directory lies in. */
export function readRepository(directory: string): Repository {
  const git = (...args: string[]) => {
    const { status, stdout } = spawnSync("git", args, { cwd: directory, encoding: "utf8" });
    return status === 0 ? stdout.trim() : undefined;
  };
  return {
    root: git("rev-parse", "--show-toplevel") ?? directory,
    remote: parseRemote(git("remote", "get-url", "origin") ?? ""),
    branch: git("symbolic-ref", "--short", "refs/remotes/origin/HEAD")?.replace(/^origin\//, ""),
  };
}

/** The parts of a remote: `https://HOST/PATH`, `ssh://git@HOST/PATH` or `git@HOST:PATH`. A user and a password in it are left out. */
export function parseRemote(url: string): Remote | undefined {
  const [, host, path] =
    /^(?:https|ssh):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url) ?? /^[\w-]+@([^:/]+):(.+)$/.exec(url) ?? [];
  return host === undefined || path === undefined
    ? undefined
    : { host: host.toLowerCase(), path: path.replace(/\/+$/, "").replace(/\.git$/, "") };
}
