import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const directories: string[] = [];
process.once("exit", () => {
  for (const directory of directories) {
    rmSync(directory, { recursive: true, force: true });
  }
});

/** A directory that is removed when this process ends. */
export function scratchDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `oidc-runner-bench-${name}-`));
  directories.push(directory);
  return directory;
}
