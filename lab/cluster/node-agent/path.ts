import { lstatSync, readlinkSync } from "node:fs";
import path from "node:path";

/** Whether `inner` is `outer` or lies below it. Both absolute and normalized. */
export function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer === "/" ? "/" : `${outer}/`);
}

/** As many links as the kernel follows. */
const MAXIMUM_LINKS = 40;

/**
 * Where a path leads inside a container: links of the host's file system are followed (`/var/run` is `/run`), but not
 * below directories whose contents the container does not see.
 *
 * @param target absolute path
 * @param hidden directories that are empty in the container
 */
export function resolveInContainer(target: string, hidden: string[]): string {
  let pending = path.posix.normalize(target).split("/").filter(Boolean);
  let resolved = "/";
  let links = 0;
  while (pending.length > 0) {
    const [next, ...rest] = pending as [string, ...string[]];
    const candidate = path.posix.join(resolved, next);
    const link = hidden.some((directory) => isWithin(resolved, directory)) ? undefined : linkAt(candidate);
    if (link === undefined) {
      resolved = candidate;
      pending = rest;
      continue;
    }
    if (++links > MAXIMUM_LINKS) {
      throw new Error(`too many links in ${target}`);
    }
    const destination = path.posix.resolve(resolved, link);
    pending = [...destination.split("/").filter(Boolean), ...rest];
    resolved = "/";
  }
  return resolved;
}

function linkAt(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined; // not there, or no link
  }
}

/** What the host has at a path, and its permission bits; undefined when there is nothing. */
export function hostEntry(file: string): { directory: boolean; mode: number } | undefined {
  try {
    const stat = lstatSync(file);
    return { directory: stat.isDirectory(), mode: stat.mode & 0o7777 };
  } catch {
    return undefined;
  }
}
