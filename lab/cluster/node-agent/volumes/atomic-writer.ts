import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ChangeOwner } from "../node-context";
import type { VolumeFiles } from "./volume-files";

const DATA = "..data";
const DIRECTORY_MODE = 0o755;
/** What `fsGroup` adds to a read-only volume's files and directories. */
const GROUP_FILE_BITS = 0o440;
const GROUP_DIRECTORY_BITS = 0o2550;

/**
 * Brings a volume's directory to new contents in the kubelet's layout: files in a dated directory, `..data` pointing to
 * it, and a link per name through `..data`. Renaming that one link switches all files at once, so a reader sees old or
 * new, never both. Unchanged contents leave everything as it is.
 */
export async function writeAtomically(
  directory: string,
  files: VolumeFiles,
  options: { fsGroup?: number; chown: ChangeOwner },
): Promise<void> {
  const previous = await readlink(path.join(directory, DATA)).catch(() => undefined);
  if (previous !== undefined && (await isUnchanged(path.join(directory, previous), files))) {
    return;
  }
  const stamp = new Date().toISOString().replace(/[-:T.Z]/g, "_");
  const next = `..${stamp}.${randomBytes(4).toString("hex")}`;
  await writeTree(path.join(directory, next), files, options);
  const pending = path.join(directory, `${DATA}_tmp`);
  await symlink(next, pending);
  await rename(pending, path.join(directory, DATA));
  await linkNames(directory, new Set([...files.keys()].map((file) => file.split("/")[0]!)));
  if (previous !== undefined) {
    await rm(path.join(directory, previous), { recursive: true, force: true });
  }
}

async function isUnchanged(tree: string, files: VolumeFiles): Promise<boolean> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  if (entries.filter((entry) => entry.isFile()).length !== files.size) {
    return false;
  }
  for (const [relative, { data }] of files) {
    const written = await readFile(path.join(tree, relative)).catch(() => undefined);
    if (written === undefined || !written.equals(data)) {
      return false;
    }
  }
  return true;
}

async function writeTree(
  tree: string,
  files: VolumeFiles,
  { fsGroup, chown }: { fsGroup?: number; chown: ChangeOwner },
): Promise<void> {
  const directories = new Set([tree]);
  for (const relative of files.keys()) {
    for (let parent = path.dirname(relative); parent !== "."; parent = path.dirname(parent)) {
      directories.add(path.join(tree, parent));
    }
  }
  for (const directory of [...directories].sort()) {
    await mkdir(directory);
    if (fsGroup !== undefined) {
      await chown(directory, 0, fsGroup);
    }
    await chmod(directory, fsGroup === undefined ? DIRECTORY_MODE : DIRECTORY_MODE | GROUP_DIRECTORY_BITS);
  }
  for (const [relative, { data, mode, uid }] of files) {
    const file = path.join(tree, relative);
    // Closed to others from its first moment: the contents may be a token.
    await writeFile(file, data, { mode: 0o600 });
    if (uid !== undefined || fsGroup !== undefined) {
      await chown(file, uid ?? 0, fsGroup ?? 0);
    }
    await chmod(file, fsGroup === undefined ? mode : mode | GROUP_FILE_BITS);
  }
}

async function linkNames(directory: string, names: Set<string>): Promise<void> {
  const present = new Set((await readdir(directory)).filter((name) => !name.startsWith("..")));
  for (const name of names) {
    if (!present.has(name)) {
      await symlink(path.join(DATA, name), path.join(directory, name));
    }
  }
  for (const name of present) {
    if (!names.has(name)) {
      await rm(path.join(directory, name), { force: true });
    }
  }
}
