import { definitionKey, keysOf, type PolicyDefinition, sameDefinition } from "../../trust/policy";
import type { AuthPolicyRecord } from "../api";
import type { PolicyReading, WritePace } from "./types";

/** What the service did to a list that it answered. */
export interface Alteration {
  /** Sent and not there. */
  missing: PolicyDefinition[];
  /** Taken out and still there. */
  remaining: PolicyDefinition[];
  /** There instead. */
  instead: PolicyDefinition[];
}

/** The lists that one write sent, and what the versions of later reads say of them: "Lost answers" in README.md. */
export class SentLists {
  readonly #unanswered: { version: number; list: readonly PolicyDefinition[] }[] = [];
  #answered: { before: AuthPolicyRecord; list: readonly PolicyDefinition[]; version: number } | undefined;
  #doubtful = false;

  /** Whether a list may have been stored and overwritten, so that it can't be told what was taken out. */
  get doubtful(): boolean {
    return this.#doubtful;
  }

  /** Whether a list was sent whose answer was lost. */
  get hasUnanswered(): boolean {
    return this.#unanswered.length > 0;
  }

  /** Notes a list whose answer was lost. It may arrive late. */
  unanswered({ version }: AuthPolicyRecord, list: readonly PolicyDefinition[]): void {
    this.#unanswered.push({ version, list });
  }

  /** Notes a list that was answered with this version. */
  answered(before: AuthPolicyRecord, list: readonly PolicyDefinition[], version: number): void {
    // The version that our list got, unless another's came in between.
    this.#answered = { before, list, version: Math.min(version, before.version + 1) };
  }

  /** Whether a list whose answer was lost was stored, or may have been. */
  wasStored({ version, policies }: AuthPolicyRecord): boolean {
    // The service may fill in what was left out, but one write is one list.
    const isThere = (list: readonly PolicyDefinition[]) =>
      policies.length === list.length &&
      policies.every((entry, index) => sameDefinition(entry, list[index] as PolicyDefinition));
    if (this.#unanswered.some((sent) => version > sent.version && isThere(sent.list))) {
      return true;
    }
    // Other writes in between may have hidden it.
    const hidden = this.#unanswered.some((sent) => version > sent.version + 1);
    this.#doubtful ||= hidden;
    return hidden;
  }

  /** What the service altered in the last list that it answered; undefined when nothing, or when another writer came. */
  alterationIn(policy: AuthPolicyRecord): Alteration | undefined {
    return policy.version === this.#answered?.version ? this.lostIn(policy) : undefined;
  }

  /** How a list differs from the last one that was answered; undefined when it lacks nothing and has nothing left out. */
  lostIn({ policies }: AuthPolicyRecord): Alteration | undefined {
    const { before, list } = this.#answered ?? { before: { policies: [] }, list: [] };
    const [there, sent] = [keysOf(policies), keysOf(list)];
    const missing = list.filter((definition) => !there.has(definitionKey(definition)));
    const remaining = before.policies
      .filter((definition) => !sent.has(definitionKey(definition)))
      .filter((definition) => there.has(definitionKey(definition)));
    if (missing.length + remaining.length === 0) {
      return undefined;
    }
    const known = keysOf([...list, ...remaining]);
    return { missing, remaining, instead: policies.filter((definition) => !known.has(definitionKey(definition))) };
  }
}

/** How the wait for a window ended: with the last read, or undefined when that read does not fulfil the write. */
export type Settled = { reading: PolicyReading; isConfirmed: boolean } | undefined;

/**
 * Waits until for a whole window each version was seen and fulfils the write. A version that is one more than the last was
 * written in knowledge of ours. One that is several more may hide a loss, so the window starts again, in smaller steps because
 * many are writing. `onFulfilled` is told of the first read that fulfils the write; what it returns ends the wait.
 */
export async function settled(
  first: PolicyReading,
  read: () => Promise<PolicyReading>,
  isFulfilled: (policy: AuthPolicyRecord) => boolean,
  { timing, quietWindowMs }: WritePace,
  onFulfilled?: (reading: PolicyReading) => Promise<void>,
): Promise<Settled> {
  let seen = first;
  let step = quietWindowMs;
  let waited = 0;
  let over: Promise<true> | undefined;
  while (isFulfilled(seen.policy)) {
    over ??= onFulfilled?.(seen).then(() => true);
    const slept = timing.sleep(step);
    if (await (over === undefined ? slept : Promise.race([slept, over]))) {
      return { reading: seen, isConfirmed: false };
    }
    waited += step;
    const again = await read();
    if (again.policy.version > seen.policy.version + 1) {
      step = quietWindowMs / 2;
      waited = 0;
    } else if (waited >= quietWindowMs && isFulfilled(again.policy)) {
      return { reading: again, isConfirmed: true };
    }
    seen = again;
  }
  return undefined;
}
