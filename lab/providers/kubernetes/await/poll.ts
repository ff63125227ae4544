import { setTimeout as delay } from "node:timers/promises";
import { OidcRunnerError } from "../../../../trust";

/** How a condition is waited for. */
export interface PollOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  /** Injected by tests. Default: the real clock, milliseconds. */
  now?: () => number;
  /** Injected by tests. Default: a real pause of that many milliseconds. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const FIRST_PAUSE = 50;
const LONGEST_PAUSE_MS = 1000;

/**
 * Calls `attempt` until it gives something, with pauses growing from 50 ms to 1 s. Undefined when the time is up.
 * The last attempt is made after the time is up, so that a condition met in the meantime counts.
 */
export async function poll<T>(attempt: () => Promise<T | undefined>, options: PollOptions): Promise<T | undefined> {
  const now = options.now ?? Date.now;
  const sleep = options.sleep ?? pause;
  const end = now() + options.timeoutMs;
  for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS)) {
    const late = now() >= end;
    const result = await attempt();
    if (result !== undefined || late) {
      return result;
    }
    await sleep(Math.min(wait, Math.max(0, end - now())), options.signal);
    if (options.signal?.aborted) {
      throw new OidcRunnerError("CANCELLED", "the operation was cancelled");
    }
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    // Cancelled: the caller looks at the signal.
  }
}
