import type { Timing } from "../api";
import { type BatchQueue, type Entry, type WriteBatch, writeBatch } from "./batch";
import { uncertain } from "./errors";
import { PolicyHolders } from "./leases";
import type { OwnedChange } from "./plan";
import { forgetRead } from "./reads";
import type { ChangeOutcome, WritePace } from "./types";

/** Pause without a new change after which a first batch starts, in milliseconds: what an engine starts together arrives together. */
const GATHERING_MS = 50;

/** Longest wait of a first batch, in milliseconds. */
const LONGEST_GATHERING_MS = 500;

/**
 * Longest wait of a later batch for the changes that could start only when the batch before was done, as a part of the quiet
 * window. It is below one half, so that the last read of the batch before is still fresh.
 */
const FOLLOWING_WINDOWS = 0.3;

/** Interval at which a later batch looks whether all have come, in milliseconds. */
const LOOK_MS = 20;

/** What this process knows of one issuer's policy. */
interface Queue extends BatchQueue {
  readonly key: string;
  waiting: Entry[];
  /** Ends when nothing waits any more; undefined while nothing does. */
  work: Promise<void> | undefined;
  /** Ends the wait of a batch all of whose changes are answered. */
  arrived: () => void;
}

const queues = new Map<string, Queue>();

/**
 * Writes a change together with the others for the same key that come meanwhile: "Batches" in README.md.
 *
 * @param warn told when the change was answered before it was confirmed, and can't be
 * @returns what became of it; rejects with what refused the change, or made its batch fail
 */
export function writeTogether(
  key: string,
  change: OwnedChange,
  write: WriteBatch,
  pace: WritePace,
  warn: (failure: Error) => void,
): Promise<ChangeOutcome> {
  return new Promise((resolve, reject) => {
    const queue = queues.get(key) ?? newQueue(key);
    queues.set(key, queue);
    forgetRead(key);
    queue.waiting.push({ change, write, pace, warn, resolve, reject });
    queue.last.come += 1;
    queue.arrived();
    queue.work ??= drain(queue);
  });
}

/** Waits until all that was answered, or what was answered for one key, is confirmed, or can't be. */
export async function untilConfirmed(key?: string): Promise<void> {
  const asked = [...queues.values()].filter((queue) => key === undefined || queue.key === key);
  await Promise.all(asked.flatMap(({ work }) => work ?? []));
}

/** Makes the next write read first, because a refresh has read the policy since the last write. */
export function forgetReading(key: string): void {
  const queue = queues.get(key);
  if (queue !== undefined) {
    queue.start = { ...queue.start, reading: undefined };
  }
}

/** Forgets what was read and who holds what, as a new process knows nothing. For tests that play several updates in one. */
export function forgetPolicies(): void {
  for (const key of queues.keys()) {
    forgetRead(key);
  }
  queues.clear();
}

function newQueue(key: string): Queue {
  const last = { size: 0, ended: Number.NEGATIVE_INFINITY, come: 0 };
  const start = { holders: new PolicyHolders() };
  return {
    ...{ key, waiting: [], work: undefined, start, last, arrived: () => {} },
    arrival() {
      return this.waiting.length > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            this.arrived = resolve;
          });
    },
  };
}

async function drain(queue: Queue): Promise<void> {
  for (let [first] = queue.waiting; first !== undefined; [first] = queue.waiting) {
    try {
      await gather(queue, first.pace);
      await writeBatch(queue, queue.waiting.splice(0));
    } catch (cancelled) {
      for (const { reject } of queue.waiting.splice(0)) reject(cancelled);
    }
    if (queue.waiting.length === 0) {
      await confirmCarried(queue, first);
    }
    forgetRead(queue.key);
  }
  queue.work = undefined;
}

/** Confirms what a batch that failed was to confirm, by a write of its own; another change that comes takes it over. */
async function confirmCarried(queue: Queue, { write, warn }: Entry): Promise<void> {
  const { carried = [] } = queue.start;
  if (carried.length === 0) {
    return;
  }
  try {
    const { holders, reading, isConfirmed } = await write([], queue.start, () => queue.arrival());
    queue.start = { holders, reading, carried: isConfirmed ? [] : carried };
  } catch (error) {
    warn(uncertain(queue.key, { add: carried, remove: [], adopt: false, lease: "" }, error));
  }
}

async function gather(queue: Queue, { timing, quietWindowMs }: WritePace): Promise<void> {
  const { last } = queue;
  const deadline = last.ended + FOLLOWING_WINDOWS * quietWindowMs;
  if (timing.now() >= deadline) {
    return gatherFirst(queue, timing);
  }
  while (last.come < last.size && timing.now() < deadline) {
    await timing.sleep(Math.min(LOOK_MS, deadline - timing.now()));
  }
}

async function gatherFirst(queue: Queue, timing: Timing): Promise<void> {
  const deadline = timing.now() + LONGEST_GATHERING_MS;
  for (let known = 0; known < queue.waiting.length && timing.now() < deadline; ) {
    known = queue.waiting.length;
    await timing.sleep(GATHERING_MS);
  }
}
