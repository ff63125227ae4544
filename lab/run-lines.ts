import { type SpawnOptions, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Runs a command and tells each line of its output and its errors; returns its exit code.
 *
 * @param input what it reads from standard input. Default: nothing
 */
export function runLines(
  [program = "", ...words]: readonly string[],
  { input, ...options }: Pick<SpawnOptions, "cwd" | "env"> & { input?: string },
  onLine: (line: string) => void,
): Promise<number> {
  const child = spawn(program, words, { ...options, stdio: "pipe" });
  // A command that does not read it is not an error.
  child.stdin.on("error", () => undefined).end(input);
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on("line", onLine);
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
