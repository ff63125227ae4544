import { OidcRunnerError } from "../../trust";
import { CloudApiError } from "./errors";
import type { Timing } from "./timing";

/** How often a request is sent at most. */
export const MAXIMUM_ATTEMPTS = 5;

/** Longest pause that is drawn before the second attempt, in milliseconds; it doubles with each further one. */
const FIRST_PAUSE_MS = 500;

/** Longest `Retry-After` that is waited for, in milliseconds; a longer one is left to the user. */
const LONGEST_PAUSE_MS = 30_000;

/** Sends a request again where {@link pauseAfter} says so. Only for requests that may reach the service twice. */
export async function withRetry<T>(request: () => Promise<T>, timing: Timing): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      const pause = attempt === MAXIMUM_ATTEMPTS ? undefined : pauseAfter(error, attempt, timing);
      if (pause === undefined) {
        throw error;
      }
      await timing.sleep(pause).catch(() => {
        // Cancelled: what is known of the attempts is in their error.
        throw error;
      });
    }
  }
}

/**
 * How long to wait after a failed attempt, in milliseconds: after 429 as long as `Retry-After` says, else, and after 5xx and
 * broken connections, a random while. Undefined: the answer is final.
 *
 * @param attempt counts from 1
 */
export function pauseAfter(error: unknown, attempt: number, timing: Timing): number | undefined {
  if (!isTransient(error)) {
    return undefined;
  }
  const asked = error instanceof CloudApiError ? error.retryAfterMs : undefined;
  if (asked !== undefined) {
    return asked > LONGEST_PAUSE_MS ? undefined : asked;
  }
  // Full jitter: many programs that were refused together must not come back together.
  return timing.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1);
}

function isTransient(error: unknown): boolean {
  if (error instanceof CloudApiError) {
    return error.status === 429 || error.status >= 500;
  }
  return error instanceof OidcRunnerError && error.code === "PULUMI_CLOUD_UNREACHABLE";
}
