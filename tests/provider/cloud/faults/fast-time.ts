import { setTimeout as sleepFor } from "node:timers/promises";
import { realTiming } from "../../../../provider/cloud/timing";

/** How long a request waits for its answer, in milliseconds of real time. */
export const patience = { ms: 10_000 };

/**
 * Lets the providers' time pass so many times faster, pauses and quiet windows included; requests take as long as they take.
 * Returns what sets it right again.
 */
export function fastTime(factor: number): () => void {
  const { now, sleep } = realTiming;
  const { timeout } = AbortSignal;
  realTiming.now = () => performance.now() * factor;
  realTiming.sleep = (milliseconds) => sleepFor(milliseconds / factor);
  AbortSignal.timeout = () => timeout.call(AbortSignal, patience.ms);
  return () => {
    Object.assign(realTiming, { now, sleep });
    AbortSignal.timeout = timeout;
  };
}
