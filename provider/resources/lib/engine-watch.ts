import { fstatSync } from "node:fs";

/** How often the parent process is looked at, in milliseconds. */
const INTERVAL_MS = 250;

/** The program of the provider process that the engine starts: the SDK's, through any launcher. */
const PROVIDER = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]dynamic-provider[\\/]/;

/** Ends the process of dynamic providers with its engine; does nothing in any other process: never in a program, never in a test. */
export function watchEngine(): void {
  if (PROVIDER.test(require.main?.filename ?? "")) {
    endWithEngine();
  }
}

/**
 * Ends a provider's process when its engine is gone, even one that was killed with SIGKILL: a write that goes on would meet
 * the next engine's. Told by the end of standard input, to which the engine holds the only other end (a shell between the
 * two passes it on), or by another parent process. It does what
 * tools/pulumi-cli/die-with-parent.cjs does, which a user's installation of this package lacks.
 */
export function endWithEngine(): void {
  const parent = process.ppid;
  const end = () => process.exit(1);
  setInterval(() => process.ppid === parent || end(), INTERVAL_MS).unref();
  if (isPipe(0)) {
    process.stdin.on("end", end).on("error", end).resume();
    // Waiting for the end must not by itself keep the process alive.
    process.stdin.unref();
  }
}

function isPipe(descriptor: number): boolean {
  try {
    const kind = fstatSync(descriptor);
    return kind.isFIFO() || kind.isSocket();
  } catch {
    return false;
  }
}
