import { setMaxListeners } from "node:events";
import { setTimeout as sleepFor } from "node:timers/promises";
import { OidcRunnerError } from "../../trust";

/** Time and chance, as far as requests depend on them; injected in tests. */
export interface Timing {
  /** Milliseconds, never going back. */
  now(): number;
  /** Rejects when the update is cancelled. */
  sleep(milliseconds: number): Promise<unknown>;
  /** A number from 0 up to 1. */
  random(): number;
}

const cancellation = new AbortController();
const { signal } = cancellation;
// Each of any number of waits listens to it.
setMaxListeners(0, signal);

/** The machine's own clock and chance. */
export const realTiming: Timing = {
  now: () => performance.now(),
  sleep: (milliseconds) => sleepFor(milliseconds, undefined, { signal }).catch(cancelled),
  random: Math.random,
};

/**
 * Ends all waits of this process, now and from now on, because the update is cancelled. They reject with `CANCELLED`; requests
 * that are under way end by themselves, so that it is known what came of them.
 */
export function cancelWaits(): void {
  cancellation.abort();
}

function cancelled(): never {
  throw new OidcRunnerError("CANCELLED", "the update was cancelled", { fix: "run it again" });
}
