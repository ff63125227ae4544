import { setTimeout as sleepFor } from "node:timers/promises";

/** Time and chance, as far as requests depend on them; injected in tests. */
export interface Timing {
  /** Milliseconds, never going back. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
  /** A number from 0 up to 1. */
  random(): number;
}

/** The machine's own clock and chance. */
export const realTiming: Timing = { now: () => performance.now(), sleep: (ms) => sleepFor(ms), random: Math.random };
