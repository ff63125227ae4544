import { includesDefinition, type PolicyDefinition } from "../../trust/policy";
import { CloudApiError } from "../api";
import type { OwnedChange } from "./plan";
import type { ChangeOutcome, OnStored, WriteEnd, WritePace, WriteStart } from "./types";

/** Writes a batch; the outcomes are in the order of the changes. Throws when nothing was written. */
export type WriteBatch = (changes: readonly OwnedChange[], start: WriteStart, onStored?: OnStored) => Promise<WriteEnd>;

/** A change that waits to be written. */
export interface Entry {
  change: OwnedChange;
  write: WriteBatch;
  pace: WritePace;
  /** Told when it was answered, and could not be confirmed afterwards. */
  warn: (failure: Error) => void;
  resolve(outcome: ChangeOutcome): void;
  reject(error: unknown): void;
}

/** What a batch needs of the queue that it is from. */
export interface BatchQueue {
  start: WriteStart;
  /** How many the last batch had, when it ended, and how many have come since: an engine starts one for each that is done. */
  last: { size: number; ended: number; come: number };
  /** Resolves when another change waits. */
  arrival(): Promise<void>;
}

/** Changes that are written together. */
class Batch {
  /** Those without an answer. */
  readonly #open: Set<Entry>;
  /** Those that were answered when they were stored. */
  readonly #stored: Entry[] = [];
  /** What earlier batches added and this one does not take out. */
  readonly #carried: PolicyDefinition[];

  constructor(
    readonly queue: BatchQueue,
    readonly entries: readonly Entry[],
  ) {
    this.#open = new Set(entries);
    const removed = entries.flatMap(({ change }) => change.remove);
    this.#carried = (queue.start.carried ?? []).filter((definition) => !includesDefinition(removed, definition));
  }

  /** Writes and answers the changes. False where the service refuses several: one of them may be to blame. */
  async write(): Promise<boolean> {
    const [{ write }] = this.entries as [Entry];
    const changes = this.entries.map(({ change }) => change);
    try {
      const end = await write(changes, { ...this.queue.start, carried: this.#carried }, (seen) => this.#onStored(seen));
      const { holders, reading, isConfirmed } = end;
      this.queue.start = { holders, reading, carried: isConfirmed ? [] : this.#unconfirmed };
      this.#answer([...this.#open], end);
      return true;
    } catch (error) {
      this.queue.start = { ...this.queue.start, carried: this.#unconfirmed };
      if (this.entries.length > 1 && error instanceof CloudApiError && error.status === 400) {
        return false;
      }
      for (const { reject } of this.#open) reject(error);
      return true;
    }
  }

  /** Answers what was added, and what failed; when nothing else is open, the wait ends with another change. */
  #onStored(end: WriteEnd): Promise<void> {
    const failed = this.entries.filter((_, index) => end.outcomes[index]?.error !== undefined);
    const added = this.entries.filter((entry) => isAddition(entry.change) && !failed.includes(entry));
    this.#stored.push(...added);
    this.#answer([...added, ...failed], end);
    return this.#open.size > 0 ? new Promise(() => {}) : this.queue.arrival();
  }

  #answer(entries: readonly Entry[], { outcomes }: WriteEnd): void {
    for (const entry of entries) {
      const outcome = outcomes[this.entries.indexOf(entry)] as ChangeOutcome;
      if (outcome.error === undefined) {
        entry.resolve(outcome);
      } else {
        entry.reject(outcome.error);
      }
      this.#open.delete(entry);
    }
    const [{ pace }] = this.entries as [Entry];
    if (entries.length > 0) {
      this.queue.last = { size: entries.length, ended: pace.timing.now(), come: 0 };
    }
  }

  get #unconfirmed(): PolicyDefinition[] {
    return [...this.#carried, ...this.#stored.flatMap(({ change }) => change.add)];
  }
}

/** Writes changes together, in halves where the service refuses them, so that one bad change does not fail the others. */
export async function writeBatch(queue: BatchQueue, entries: readonly Entry[]): Promise<void> {
  if (!(await new Batch(queue, entries).write())) {
    const half = Math.ceil(entries.length / 2);
    await writeBatch(queue, entries.slice(0, half));
    await writeBatch(queue, entries.slice(half));
  }
}

/** Whether losing a change can only refuse access: what adds allows and takes nothing out. */
function isAddition({ add, remove }: OwnedChange): boolean {
  return remove.length === 0 && add.every(({ decision }) => decision === "allow");
}
