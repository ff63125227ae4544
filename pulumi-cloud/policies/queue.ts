import { includesDefinition } from "../../trust/policy";
import { CloudApiError, type Timing } from "../api";
import { uncertain } from "./errors";
import { PolicyHolders } from "./leases";
import type { OwnedChange } from "./plan";
import type { ChangeOutcome, OnStored, WriteEnd, WritePace, WriteStart } from "./types";

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
export type WriteBatch = (changes: readonly OwnedChange[], start: WriteStart, onStored?: OnStored) => Promise<WriteEnd>;

interface Entry {
  change: OwnedChange;
  write: WriteBatch;
  pace: WritePace;
  resolve(outcome: ChangeOutcome): void;
  reject(error: unknown): void;
}

/** What this process knows of one issuer's policy. */
interface Queue {
  readonly key: string;
  waiting: Entry[];
  busy: boolean;
  start: WriteStart;
  /** The last addition of a batch whose wait was given up: it is answered when a later write has stored its list. */
  held: { entry: Entry; outcome: ChangeOutcome } | undefined;
  /** Ends the wait of a batch, if nothing but such an addition waits for it. */
  arrived: () => void;
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
    const queue = queues.get(key) ?? newQueue(key);
    queues.set(key, queue);
    queue.waiting.push({ change, write, pace, resolve, reject });
    queue.last.come += 1;
    queue.arrived();
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
    queue.start = { ...queue.start, reading: undefined };
  }
}

/** Forgets what was read and who holds what, as a new process knows nothing. For tests that play several updates in one. */
export function forgetPolicies(): void {
  queues.clear();
}

function newQueue(key: string): Queue {
  const last = { size: 0, ended: Number.NEGATIVE_INFINITY, come: 0 };
  const start = { holders: new PolicyHolders() };
  return { key, waiting: [], busy: false, start, last, held: undefined, arrived: () => {} };
}

async function drain(queue: Queue): Promise<void> {
  while (queue.waiting.length > 0 || queue.held !== undefined) {
    const [first] = queue.waiting;
    let cancelled: unknown;
    if (first !== undefined) {
      await gather(queue, first.pace).catch((error: unknown) => {
        cancelled = error;
      });
    }
    const batch = queue.waiting.splice(0);
    if (cancelled === undefined) {
      await settle(queue, batch);
    } else {
      for (const { reject } of batch) reject(cancelled);
    }
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
  const open = new Map(batch.map((entry, index) => [entry, index]));
  const conclude = (entries: readonly Entry[], { outcomes }: WriteEnd) => {
    for (const entry of entries) {
      answer(entry, outcomes[open.get(entry) as number] as ChangeOutcome);
      open.delete(entry);
    }
    queue.last = { size: entries.length, ended: writerOf(queue, batch).pace.timing.now(), come: 0 };
  };
  const onStored: OnStored = (end) => {
    const outcome = (entry: Entry) => end.outcomes[open.get(entry) as number] as ChangeOutcome;
    const ready = [...open.keys()].filter((entry) => isAddition(entry.change) || outcome(entry).error !== undefined);
    // One create of those that an engine awaits lasts until all is confirmed, because the process ends with the update.
    const last = ready.length < open.size ? undefined : ready.findLast((entry) => outcome(entry).error === undefined);
    conclude(
      ready.filter((entry) => entry !== last),
      end,
    );
    if (open.size > 0) {
      release(queue);
    }
    return open.size > (last === undefined ? 0 : 1) ? new Promise(() => {}) : arrival(queue);
  };
  try {
    const carried = stillCarried(queue.start, batch);
    const end = await writerOf(queue, batch).write(
      batch.map(({ change }) => change),
      { ...queue.start, carried },
      onStored,
    );
    queue.start = { holders: end.holders, reading: end.reading, carried: [] };
    if (end.isConfirmed) {
      release(queue);
    } else if (end.reading !== undefined) {
      const additions = batch.filter(({ change }, index) => isAddition(change) && !end.outcomes[index]?.error);
      queue.start = { ...queue.start, carried: [...carried, ...additions.flatMap(({ change }) => change.add)] };
      for (const [held, index] of open) {
        queue.held = { entry: held, outcome: end.outcomes[index] as ChangeOutcome };
      }
      return;
    }
    conclude([...open.keys()], end);
  } catch (error) {
    if (batch.length > 1 && error instanceof CloudApiError && error.status === 400) {
      const half = Math.ceil(batch.length / 2);
      await settle(queue, batch.slice(0, half));
      await settle(queue, batch.slice(half));
      return;
    }
    for (const { reject } of open.keys()) {
      reject(error);
    }
    if (batch.length === 0 && queue.held !== undefined) {
      const { entry: held } = queue.held;
      queue.held = undefined;
      held.reject(uncertain(queue.key, held.change, error));
    }
  }
}

/** Whether losing a change can only refuse access: what adds allows and takes nothing out. */
function isAddition({ add, remove }: OwnedChange): boolean {
  return remove.length === 0 && add.every(({ decision }) => decision === "allow");
}

/** What earlier batches added and this one does not take out. */
function stillCarried({ carried = [] }: WriteStart, batch: readonly Entry[]) {
  const removed = batch.flatMap(({ change }) => change.remove);
  return carried.filter((definition) => !includesDefinition(removed, definition));
}

/** By whose ways a batch is written; one without changes is for the addition that is held. */
function writerOf({ held }: Queue, [first]: readonly Entry[]): Entry {
  return (first ?? held?.entry) as Entry;
}

function arrival(queue: Queue): Promise<void> {
  return queue.waiting.length > 0
    ? Promise.resolve()
    : new Promise((resolve) => {
        queue.arrived = resolve;
      });
}

/** Answers the addition that was held: another one waits in its place, or all is confirmed. */
function release(queue: Queue): void {
  if (queue.held !== undefined) {
    answer(queue.held.entry, queue.held.outcome);
    queue.held = undefined;
  }
}

function answer({ resolve, reject }: Entry, outcome: ChangeOutcome): void {
  if (outcome.error === undefined) {
    resolve(outcome);
  } else {
    reject(outcome.error);
  }
}
