import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type Finding, findTokens } from "./token-detector";

/** A file with something in it that could be replayed. */
export interface SecretFile {
  /** From the directory that was searched. */
  path: string;
  /** Permission bits, as `600`. */
  mode: string;
  kinds: Finding["kind"][];
}

/** Looks for tokens in every file below a directory, whatever it is; sockets and the like are left out. */
export function filesWithTokens(
  directory: string,
  secrets: readonly string[],
): { searched: number; found: SecretFile[] } {
  const found: SecretFile[] = [];
  let searched = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const content = entry.isFile() ? contentOf(path) : undefined;
    if (content === undefined) {
      continue;
    }
    searched += 1;
    // Latin-1: every byte is a character, so that binary files are searched as well.
    const kinds = [...new Set(findTokens(content.toString("latin1"), secrets).map(({ kind }) => kind))];
    if (kinds.length > 0) {
      found.push({ path: relative(directory, path), mode: (statSync(path).mode & 0o777).toString(8), kinds });
    }
  }
  return { searched, found: found.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** Undefined for a file that was removed while the directory was read: servers at work clean up behind them. */
function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
