import { spawn } from "node:child_process";
import type { Command } from "./pod-process";

/**
 * Milliseconds from the start of a command to its end, which must be good.
 *
 * @param ready a line of output with which the command says that it waits for a line of input: the time begins with that.
 *   Default: it does not wait.
 */
export function timed({ argv, env }: Command, ready?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let begun = performance.now();
    let waits = ready !== undefined;
    const child = spawn(argv[0], argv.slice(1), { env, stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (waits && output.startsWith(`${ready}\n`)) {
          waits = false;
          begun = performance.now();
          child.stdin.end("\n");
        }
      });
    }
    if (!waits) {
      child.stdin.end();
    }
    child.once("error", reject);
    child.once("exit", (code) => {
      const time = performance.now() - begun;
      // What it may have left in the background holds its output, which is of no interest any more.
      child.stdout.destroy();
      child.stderr.destroy();
      const good = code === 0 && !waits;
      good ? resolve(time) : reject(new Error(`${argv.join(" ")} ended with ${code}: ${output.trim().slice(-500)}`));
    });
  });
}
