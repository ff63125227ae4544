import { existsSync, lstatSync, realpathSync, type Stats } from "node:fs";
import { dirname, resolve } from "node:path";

const STICKY = 0o1000;

/**
 * Why another user of this machine can change what lies at a path, or put something else there; undefined when only this
 * user and the administrator can. `stats`: of the path itself, not of where a link leads.
 */
export function changeableByOthers(path: string, stats: Stats): string | undefined {
  const us = process.getuid?.();
  // In a user namespace the administrator's files have the id of users that don't exist there, and so has the root.
  if (![us, 0, lstatSync("/").uid].includes(stats.uid)) {
    return `${path} belongs to user ${stats.uid}`;
  }
  // A link's permissions mean nothing. In a sticky directory everyone may add files, and only their owners replace them. A
  // group with the user's own number is that user's alone (useradd makes one for each), and group 0 the administrator's.
  const group = stats.gid === 0 || stats.gid === us ? 0 : 0o020;
  const open = (stats.mode & (group | 0o002)) !== 0 && (stats.mode & STICKY) === 0;
  return open && !stats.isSymbolicLink() ? `others may write to ${path}` : undefined;
}

/** {@link changeableByOthers} for the directories on the way to a path, as far as they exist, those that links lead to included. */
export function reachableByOthers(path: string): string | undefined {
  const onTheWay = upwards(dirname(resolve(path)));
  // Links are looked at before they are followed.
  return firstChangeable(onTheWay) ?? firstChangeable(upwards(realpathSync(onTheWay.find(existsSync) ?? "/")));
}

function firstChangeable(paths: readonly string[]): string | undefined {
  return paths
    .map((path) => ({ path, stats: statsOf(path) }))
    .map(({ path, stats }) => stats && changeableByOthers(path, stats))
    .find((reason) => reason !== undefined);
}

/** Of the path itself, not of where a link leads; undefined where there is nothing. */
export function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function upwards(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...upwards(parent)];
}
