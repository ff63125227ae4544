import type { Timing } from "../../../pulumi-cloud/api/timing";

/** Time that passes only when nobody has anything to do: the next sleeper wakes at once. */
export class VirtualTime implements Timing {
  #now = 0;
  readonly #sleepers: { at: number; order: number; wake(): void }[] = [];
  #order = 0;

  constructor(readonly random: () => number) {}

  readonly now = (): number => this.#now;

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => {
      this.#order += 1;
      this.#sleepers.push({ at: this.#now + milliseconds, order: this.#order, wake });
    });

  /** Lets time pass until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    finished.catch(() => undefined);
    while (!done) {
      // A macrotask: every promise that can go on has gone on by then.
      await new Promise((resolve) => setImmediate(resolve));
      if (done) {
        break;
      }
      this.#sleepers.sort((left, right) => left.at - right.at || left.order - right.order);
      const next = this.#sleepers.shift();
      if (next !== undefined) {
        this.#now = Math.max(this.#now, next.at);
        next.wake();
      }
    }
    return finished;
  }
}
