import { fstatSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { toUser, untilConfirmed } from "../../../pulumi-cloud/policies";

/** How often the parent process is looked at, in milliseconds. */
const INTERVAL_MS = 250;

/** Longest wait of an interrupted process for writes that are not confirmed, in milliseconds: the engine waits 5 seconds. */
const LAST_WRITES_MS = 4000;

/** A module of the provider process that the engine starts: the SDK's, through any launcher. */
const PROVIDER = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]dynamic-provider[\\/]/;

/** Ends the process of dynamic providers with its engine; does nothing in any other process: never in a program, never in a test. */
export function watchEngine(): void {
  if (Object.keys(require.cache).some((file) => PROVIDER.test(file))) {
    endWithEngine();
  }
}

/**
 * Ends a provider's process when its engine is gone, even one that was killed with SIGKILL: a write that goes on would meet
 * the next engine's. Told by the end of standard input, to which the engine holds the only other end (a shell between the
 * two passes it on), or by another parent process. It does what
 * tools/pulumi-cli/die-with-parent.cjs does, which a user's installation of this package lacks. An engine that is alive has its
 * writes confirmed first.
 */
export function endWithEngine(): void {
  const parent = process.ppid;
  const end = () => process.exit(1);
  const watch = setInterval(() => process.ppid === parent || end(), INTERVAL_MS).unref();
  if (isPipe(0)) {
    process.stdin.on("end", end).on("error", end).resume();
    // Waiting for the end must not by itself keep the process alive.
    process.stdin.unref();
  }
  process.once("SIGINT", (signal) => {
    // A shell between the two may end at once.
    clearInterval(watch);
    void endConfirmed(signal);
  });
}

/**
 * Ends as an interrupt does, once all writes are confirmed. An engine interrupts its providers when an update is done, and kills
 * those that still run 5 seconds later (pulumi/pulumi at v3.259.0, sdk/go/common/resource/plugin/plugin.go, ExecPlugin; so
 * does 3.206.0).
 */
async function endConfirmed(signal: NodeJS.Signals): Promise<void> {
  const confirmed = await Promise.race([untilConfirmed().then(() => true), sleep(LAST_WRITES_MS)]);
  if (confirmed === undefined) {
    toUser(
      "POLICY_WRITE_UNCERTAIN: an allow was written, and the update ended before that was confirmed. Fix: run 'pulumi refresh', which shows whether it is there",
    );
  }
  process.kill(process.pid, signal);
}

function isPipe(descriptor: number): boolean {
  try {
    const kind = fstatSync(descriptor);
    return kind.isFIFO() || kind.isSocket();
  } catch {
    return false;
  }
}
