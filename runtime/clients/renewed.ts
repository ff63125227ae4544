import type { Clock } from "../http";
import type { ExpiringToken, TokenSource } from "./token-source";

/** Time after a failed renewal before the next one, in milliseconds. */
const PAUSE_MS = 5000;

/**
 * A source that keeps a token until it expires, and renews it shortly before: the old one serves meanwhile, also when the renewal
 * fails, so that no caller waits. Callers that come while there is none share one fetch.
 *
 * @param aheadMs how long before a token expires it is renewed, given the life it had when it came
 */
export function renewed(
  fetchToken: () => Promise<ExpiringToken>,
  { clock, aheadMs }: { clock: Clock; aheadMs(lifeMs: number): number },
): TokenSource {
  let held: ExpiringToken | undefined;
  let renewAt = 0;
  let fetching: Promise<string> | undefined;

  async function fetchNow(): Promise<string> {
    const now = clock();
    try {
      held = await fetchToken();
      renewAt = held.expiresAt - aheadMs(held.expiresAt - now);
      return held.token;
    } catch (error) {
      renewAt = now + PAUSE_MS;
      throw error;
    }
  }

  /** One at a time. */
  function fetchOnce(): Promise<string> {
    fetching ??= fetchNow().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  return {
    async get(fresh = false) {
      const now = clock();
      if (fresh || held === undefined || now >= held.expiresAt) {
        return fetchOnce();
      }
      if (now >= renewAt) {
        // Its error is that of the caller who comes when the token has expired.
        fetchOnce().catch(() => undefined);
      }
      return held.token;
    },
  };
}
