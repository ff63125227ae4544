import { constants } from "node:os";

/** How often to look whether the parent is still there, in milliseconds. */
const INTERVAL_MS = 300;

/**
 * Calls back once, with the exit code to end with, when this process is told to end (Ctrl-C, SIGTERM, SIGHUP) or when the
 * process that started it, named by `OIDC_RUNNER_PARENT_PID`, is gone, SIGKILL included. Not `die-with-parent.cjs`, because
 * a lab has to be stopped first, and because a command that a shell or an editor starts may outlive it.
 */
export function onAbandonment(callback: (exitCode: number) => void): void {
  let called = false;
  const once = (exitCode: number) => {
    if (!called) {
      called = true;
      callback(exitCode);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => once(128 + constants.signals[signal]));
  }
  const parent = Number(process.env.OIDC_RUNNER_PARENT_PID);
  if (parent > 0) {
    setInterval(() => process.ppid !== parent && once(129), INTERVAL_MS).unref();
  }
}
