import type { Clock } from "../http";
import type { ExpiringToken, TokenSource } from "./token-source";

/**
 * A source that keeps a token until shortly before it expires. Callers that come while one is fetched share it. A token that is
 * to be renewed still serves when its renewal fails.
 *
 * @param aheadMs how long before a token expires it is renewed, given the life it had when it came
 */
export function renewed(
  fetchToken: () => Promise<ExpiringToken>,
  { clock, aheadMs }: { clock: Clock; aheadMs(lifeMs: number): number },
): TokenSource {
  let held: { token: string; expiresAt: number; renewAt: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function fetchNow(): Promise<string> {
    const now = clock();
    const { token, expiresAt } = await fetchToken();
    held = { token, expiresAt, renewAt: expiresAt - aheadMs(expiresAt - now) };
    return token;
  }

  return {
    async get(fresh = false) {
      const current = held;
      if (!fresh && current !== undefined && clock() < current.renewAt) {
        return current.token;
      }
      fetching ??= fetchNow().finally(() => {
        fetching = undefined;
      });
      try {
        return await fetching;
      } catch (error) {
        if (!fresh && current !== undefined && clock() < current.expiresAt) {
          return current.token;
        }
        throw error;
      }
    },
  };
}
