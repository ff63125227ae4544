import { CloudApiError, type Timing } from "../api";
import { PolicyHolders } from "./leases";
import type { OwnedChange } from "./plan";
import type { ChangeOutcome, WriteEnd, WritePace, WriteStart } from "./types";

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

/** Writes a batch; the outcomes are in the order of the changes. Throws when nothing was written. */
export type WriteBatch = (changes: readonly OwnedChange[], start: WriteStart) => Promise<WriteEnd>;

interface Entry {
  change: OwnedChange;
  write: WriteBatch;
  pace: WritePace;
  resolve(outcome: ChangeOutcome): void;
  reject(error: unknown): void;
}

/** What this process knows of one issuer's policy. */
interface Queue {
  waiting: Entry[];
  busy: boolean;
  start: WriteStart;
  /** How many the last batch had, when it ended, and how many have come since: an engine starts one for each that is done. */
  last: { size: number; ended: number; come: number };
}

const queues = new Map<string, Queue>();

/**
 * Writes a change together with the others for the same key that come meanwhile: "Batches" in README.md.
 *
 * @returns what became of it; rejects with what refused the change, or made its batch fail
 */
export function writeTogether(
  key: string,
  change: OwnedChange,
  write: WriteBatch,
  pace: WritePace,
): Promise<ChangeOutcome> {
  return new Promise((resolve, reject) => {
    const queue = queues.get(key) ?? newQueue();
    queues.set(key, queue);
    queue.waiting.push({ change, write, pace, resolve, reject });
    queue.last.come += 1;
    if (!queue.busy) {
      queue.busy = true;
      void drain(queue);
    }
  });
}

/** Makes the next write read first, because a refresh has read the policy since the last write. */
export function forgetReading(key: string): void {
  const queue = queues.get(key);
  if (queue !== undefined) {
    queue.start = { holders: queue.start.holders };
  }
}

/** Forgets what was read and who holds what, as a new process knows nothing. For tests that play several updates in one. */
export function forgetPolicies(): void {
  queues.clear();
}

function newQueue(): Queue {
  const last = { size: 0, ended: Number.NEGATIVE_INFINITY, come: 0 };
  return { waiting: [], busy: false, start: { holders: new PolicyHolders() }, last };
}

async function drain(queue: Queue): Promise<void> {
  for (let first = queue.waiting[0]; first !== undefined; first = queue.waiting[0]) {
    const { pace } = first;
    await gather(queue, pace);
    const batch = queue.waiting.splice(0);
    await settle(queue, batch);
    queue.last = { size: batch.length, ended: pace.timing.now(), come: 0 };
  }
  queue.busy = false;
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

/** Writes a batch, in halves where the service refuses it, so that one bad change does not fail the others. */
async function settle(queue: Queue, batch: readonly Entry[]): Promise<void> {
  try {
    const write = (batch[0] as Entry).write;
    const end = await write(
      batch.map(({ change }) => change),
      queue.start,
    );
    queue.start = { holders: end.holders, reading: end.reading };
    for (const [index, entry] of batch.entries()) {
      answer(entry, end.outcomes[index] as ChangeOutcome);
    }
  } catch (error) {
    if (batch.length > 1 && error instanceof CloudApiError && error.status === 400) {
      const half = Math.ceil(batch.length / 2);
      await settle(queue, batch.slice(0, half));
      await settle(queue, batch.slice(half));
      return;
    }
    for (const { reject } of batch) {
      reject(error);
    }
  }
}

function answer({ resolve, reject }: Entry, outcome: ChangeOutcome): void {
  if (outcome.error === undefined) {
    resolve(outcome);
  } else {
    reject(outcome.error);
  }
}
