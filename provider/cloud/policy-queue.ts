import type { DefinitionChange } from "../trust/merge";
import type { Timing } from "./timing";
import type { ChangeOutcome } from "./write-policy";

/** How long the first change of a batch waits for others, in milliseconds: what an engine starts together arrives together. */
const GATHERING_MS = 50;

/** Writes a batch; the outcomes are in the order of the changes. */
export type WriteBatch = (changes: readonly DefinitionChange[]) => Promise<ChangeOutcome[]>;

interface Entry {
  change: DefinitionChange;
  resolve(policyId: string): void;
  reject(error: unknown): void;
}

const queues = new Map<string, Entry[]>();

/**
 * Writes a change together with the others for the same key that come meanwhile. Within a process no two writes for a key
 * overlap, and many changes cost one write, with one quiet window.
 *
 * @returns the policy's id; rejects with what refused the change, or made its batch fail
 */
export function writeTogether(
  key: string,
  change: DefinitionChange,
  write: WriteBatch,
  timing: Timing,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const entry = { change, resolve, reject };
    const waiting = queues.get(key);
    if (waiting !== undefined) {
      waiting.push(entry);
      return;
    }
    queues.set(key, [entry]);
    void drain(key, write, timing);
  });
}

async function drain(key: string, write: WriteBatch, timing: Timing): Promise<void> {
  await timing.sleep(GATHERING_MS);
  for (;;) {
    const batch = queues.get(key) ?? [];
    if (batch.length === 0) {
      queues.delete(key);
      return;
    }
    queues.set(key, []);
    await settle(batch, write);
  }
}

async function settle(batch: readonly Entry[], write: WriteBatch): Promise<void> {
  try {
    const outcomes = await write(batch.map(({ change }) => change));
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index] as ChangeOutcome;
      if (outcome.refused === undefined) {
        resolve(outcome.policyId);
      } else {
        reject(outcome.refused);
      }
    });
  } catch (error) {
    for (const { reject } of batch) {
      reject(error);
    }
  }
}
