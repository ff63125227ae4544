import { generator } from "../../tests/pulumi-cloud/support/generator";

/** What a service can do: how many requests it works on at once, and how long one takes on average, in milliseconds. More are refused at once. */
export interface Service {
  atOnce: number;
  takesMs: number;
}

/** When to try again: after how many milliseconds, or undefined to give up. */
export type Retry = (tries: number, elapsedMs: number, random: () => number) => number | undefined;

/** Many that ask a service. */
export interface Fleet {
  count: number;
  /** When one asks first, in milliseconds, given a random number from 0 to 1. */
  begins: (random: number) => number;
  retry: Retry;
}

/** What became of a fleet. */
export interface Outcome {
  served: number;
  gaveUp: number;
  /** Requests of all. */
  requests: number;
  /** Longest time from first request to answer, in milliseconds, of those that were served. */
  slowestMs: number;
}

interface Happening {
  at: number;
  first: number;
  tries: number;
  ends: boolean;
}

/** Half to one and a half times some milliseconds, as `spread` of the entrypoint's retry.sh. */
const spread = (milliseconds: number, random: () => number) => milliseconds * (0.5 + random());

/**
 * The entrypoint's way with a service that is busy or fails: `exchange_with_retries` of retry.sh, which
 * tests/bench/fleet holds against this.
 */
export const entrypointRetry: Retry = (tries, elapsedMs, random) => {
  const wait = spread(Math.min(2 ** (tries - 1), 30) * 1000, random);
  return elapsedMs + wait <= 300_000 ? wait : undefined;
};

/** The entrypoint's way while its command runs (renew.sh): it never gives up. */
export const renewalRetry: Retry = (tries, _elapsedMs, random) =>
  spread(Math.min(2 ** (tries - 1) * 1000, 60_000), random);

/**
 * The retry mode `standard` of AWS' SDKs: so many attempts, and before each further one a random part of 1, 2, 4 … 20 seconds
 * (AWS SDKs and Tools reference, "Retry behavior").
 */
export function awsStandardRetry(attempts: number): Retry {
  return (tries, _elapsedMs, random) =>
    tries < attempts ? random() * Math.min(2 ** (tries - 1), 20) * 1000 : undefined;
}

/** Plays a fleet against a service, without a clock. */
export function simulate({ count, begins, retry }: Fleet, { atOnce, takesMs }: Service, seed = 1): Outcome {
  const random = generator(seed);
  const heap = new Heap();
  for (let index = 0; index < count; index += 1) {
    const at = begins(random());
    heap.push({ at, first: at, tries: 1, ends: false });
  }
  const outcome: Outcome = { served: 0, gaveUp: 0, requests: 0, slowestMs: 0 };
  let working = 0;
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) {
    const elapsed = next.at - next.first;
    if (next.ends) {
      working -= 1;
      outcome.served += 1;
      outcome.slowestMs = Math.max(outcome.slowestMs, elapsed);
      continue;
    }
    outcome.requests += 1;
    if (working < atOnce) {
      working += 1;
      heap.push({ ...next, at: next.at + spread(takesMs, random), ends: true });
      continue;
    }
    const wait = retry(next.tries, elapsed, random);
    if (wait === undefined) {
      outcome.gaveUp += 1;
    } else {
      heap.push({ ...next, at: next.at + wait, tries: next.tries + 1 });
    }
  }
  return outcome;
}

/** What happens next, first: a binary heap. */
class Heap {
  readonly #all: Happening[] = [];

  push(item: Happening): void {
    let index = this.#all.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#at(parent) <= this.#at(index)) break;
      this.#swap(parent, index);
      index = parent;
    }
  }

  pop(): Happening | undefined {
    const [first] = this.#all;
    const last = this.#all.pop();
    if (last === undefined || this.#all.length === 0) {
      return first;
    }
    this.#all[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (this.#at(index) <= this.#at(child)) return first;
      this.#swap(index, child);
      index = child;
    }
  }

  #at(index: number): number {
    return this.#all[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  #swap(one: number, other: number): void {
    [this.#all[one], this.#all[other]] = [this.#all[other] as Happening, this.#all[one] as Happening];
  }
}
