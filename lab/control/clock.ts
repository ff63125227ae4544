/**
 * The lab's clock: the machine's, moved by an offset. Shared by every stand-in of a lab, so that a token that is expired
 * for one is expired for all.
 */
export class LabClock {
  #offsetMs = 0;

  /** Milliseconds since the epoch. Bound: may be passed around as a function. */
  readonly now = (): number => Date.now() + this.#offsetMs;

  /** How far the lab is ahead of the machine, seconds. */
  get offsetSeconds(): number {
    return this.#offsetMs / 1000;
  }

  /** Sets the offset; 0 puts the clock right. */
  setOffset(seconds: number): void {
    this.#offsetMs = seconds * 1000;
  }

  /** Moves the clock further: forward, or back with a negative number of seconds. */
  shift(seconds: number): void {
    this.#offsetMs += seconds * 1000;
  }
}
