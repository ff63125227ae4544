import { isLoopback } from "../../trust";
import { realTiming } from "../api";
import { QUIET_WINDOW_MS, type WritePace } from "./types";

/** Shortest quiet window that can be asked for, in milliseconds. */
const SHORTEST_WINDOW_MS = 100;

/**
 * How a provider process takes its time. Tests against the lab may shorten the quiet window by `OIDC_RUNNER_QUIET_WINDOW_MS`,
 * whole milliseconds from {@link SHORTEST_WINDOW_MS} to {@link QUIET_WINDOW_MS}. It counts only where the API is on loopback,
 * because all writers of a policy must wait equally long; elsewhere, and with any other value, nothing changes.
 */
export function paceFor(apiUrl: string, env: Readonly<Record<string, string | undefined>> = process.env): WritePace {
  const asked = isLoopback(apiUrl) ? env.OIDC_RUNNER_QUIET_WINDOW_MS : undefined;
  const window = asked !== undefined && /^\d+$/.test(asked) ? Number(asked) : QUIET_WINDOW_MS;
  const possible = window >= SHORTEST_WINDOW_MS && window <= QUIET_WINDOW_MS;
  return { timing: realTiming, quietWindowMs: possible ? window : QUIET_WINDOW_MS };
}
