import { chmodSync, mkdirSync, writeFileSync } from "node:fs";

/** Writes a file that only its owner can read (0600), whatever the umask and whatever mode it had before. */
export function writePrivateFile(path: string, contents: string | Uint8Array): void {
  writeFileSync(path, "", { mode: 0o600 });
  chmodSync(path, 0o600);
  writeFileSync(path, contents);
}

/** Makes a directory, and its parents, that only its owner can enter (0700). */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}
