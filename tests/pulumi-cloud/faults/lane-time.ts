import { AsyncLocalStorage } from "node:async_hooks";
import { realTiming } from "../../../pulumi-cloud/api/timing";
import { steppedTime } from "../support/stepped-time";

const current = new AsyncLocalStorage<LaneTime>();

/**
 * The providers' time in one lane. Only their own sleeping moves it, so that no reading is stale because the machine was
 * busy; and a request waits for its answer until it is given up.
 */
export class LaneTime {
  readonly timing = steppedTime();
  #request = new AbortController();

  run<T>(work: () => Promise<T>): Promise<T> {
    return current.run(this, work);
  }

  /** How the request under way may end: nothing but {@link giveUp} ends its wait. */
  signal(): AbortSignal {
    this.#request = new AbortController();
    return this.#request.signal;
  }

  /** What happens to the request under way when it has waited as long as requests do. */
  giveUp(): void {
    this.#request.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  }
}

/** Gives what runs in a lane that lane's time. Returns what sets everything right again. */
export function laneTimes(): () => void {
  const { now, sleep } = realTiming;
  const { timeout } = AbortSignal;
  realTiming.now = () => current.getStore()?.timing.now() ?? now();
  realTiming.sleep = (milliseconds) => current.getStore()?.timing.sleep(milliseconds) ?? sleep(milliseconds);
  AbortSignal.timeout = (milliseconds) => current.getStore()?.signal() ?? timeout.call(AbortSignal, milliseconds);
  return () => {
    Object.assign(realTiming, { now, sleep });
    AbortSignal.timeout = timeout;
  };
}
