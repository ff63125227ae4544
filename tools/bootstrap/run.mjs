import { spawn } from "node:child_process";

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const [signal, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
]) {
  // Only while something runs: afterwards a script may have its own way of ending.
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(128 + number);
  });
}

/**
 * Runs a command, with its output collected (both streams, in order of arrival). It ends with this process.
 *
 * @param {object} [options] spawn's, and `timeout` (milliseconds), `heartbeat`, called every ten seconds with the seconds
 *   gone by, and `onOutput`, called with each piece of output as it comes
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} code 127 if it could not be started
 */
export function run(command, args, { timeout, heartbeat, onOutput, ...options } = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  running.add(child);
  const result = { code: 127, output: "", timedOut: false };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      result.output += text;
      onOutput?.(text);
    });
  }
  const begin = Date.now();
  const beat = heartbeat && setInterval(() => heartbeat(Math.round((Date.now() - begin) / 1000)), 10_000);
  const overrun = () => {
    result.timedOut = true;
    child.kill("SIGKILL");
  };
  const limit = timeout && setTimeout(overrun, timeout);
  return new Promise((resolve) => {
    const end = () => {
      running.delete(child);
      clearInterval(beat);
      clearTimeout(limit);
      resolve(result);
    };
    child.once("error", (error) => {
      result.output += error.message;
      end();
    });
    // What the command left running may hold its streams for ever; what it said itself has arrived by then.
    child.once("exit", () => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, 2000).unref();
    });
    child.once("close", (code) => {
      result.code = code ?? 1;
      end();
    });
  });
}
