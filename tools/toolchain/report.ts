/** How a caller hears what the toolchain does. The command line draws it, tests collect it. */
export interface ToolchainReport {
  /** A piece of work begins: what it is and how long it may take. */
  step(text: string): void;
  /** How far the current step is. May come several times a second. */
  progress(text: string): void;
  /** Something worth knowing that stops nothing, e.g. why a route was not taken. */
  note(text: string): void;
}

/** A report that says nothing. */
export const silentReport: ToolchainReport = { step() {}, progress() {}, note() {} };

/**
 * A report as plain lines, for logs and pipes.
 *
 * @param write gets each line, without a newline
 * @param progressEvery least time between two progress lines, milliseconds; default 10000
 */
export function lineReport(write: (line: string) => void, progressEvery = 10_000, now = Date.now): ToolchainReport {
  let last = now();
  return {
    step(text) {
      last = now();
      write(text);
    },
    progress(text) {
      if (now() - last < progressEvery) {
        return;
      }
      last = now();
      write(`  ${text}`);
    },
    note(text) {
      write(`  note: ${text}`);
    },
  };
}
