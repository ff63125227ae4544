import { OidcRunnerError } from "../errors";
import { CloudApiError } from "./api-error";
import type { Timing } from "./timing";

/** How often a request is sent at most. */
export const MAXIMUM_ATTEMPTS = 5;

/** Longest pause that is drawn before the second attempt, in milliseconds; it doubles with each further one. */
const FIRST_PAUSE_MS = 500;

/** Longest `Retry-After` that is waited for, in milliseconds; a longer one is left to the user. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sends a request again where that can help: after 429 (as long as `Retry-After` says, else a random pause), and, when it
 * may be repeated without harm, after 5xx and broken connections. Every other answer is final.
 *
 * @param repeatable whether the request may reach the service twice; one that was refused with 429 never reached it
 */
export async function withRetry<T>(request: () => Promise<T>, repeatable: boolean, timing: Timing): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (attempt === MAXIMUM_ATTEMPTS || !isTransient(error, repeatable)) {
        throw error;
      }
      const asked = error instanceof CloudApiError ? error.retryAfterMs : undefined;
      if (asked !== undefined && asked > LONGEST_PAUSE_MS) {
        throw error;
      }
      // Full jitter: many programs that were refused together must not come back together.
      await timing.sleep(asked ?? timing.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

function isTransient(error: unknown, repeatable: boolean): boolean {
  if (error instanceof CloudApiError) {
    return error.status === 429 || (repeatable && error.status >= 500);
  }
  return repeatable && error instanceof OidcRunnerError && error.code === "PULUMI_CLOUD_UNREACHABLE";
}
