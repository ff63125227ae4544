import { isDeepStrictEqual } from "node:util";
import { includesDefinition, type PolicyDefinition, sameDefinition } from "../../trust/policy";
import {
  type AuthPolicyRecord,
  CloudApiError,
  contended,
  MAXIMUM_ATTEMPTS,
  mayHaveWritten,
  notStored,
  pauseAfter,
  uncertain,
} from "../api";
import { PolicyHolders } from "./leases";
import { type OwnedChange, PolicyPlan } from "./plan";
import type { PolicyAccess, PolicyReading, WriteEnd, WritePace, WriteStart } from "./types";

/** How often a write starts over before it gives up. */
const MAXIMUM_ROUNDS = 30;

/**
 * Writes changes of several owners into an issuer's one list.
 *
 * The service takes no precondition, so two writers that read the same list overwrite each other. A write therefore counts
 * as done only when one read shows it fulfilled at some version and a second read, one quiet window later, shows the same
 * version, or the next one, fulfilled too; and a writer that needs more than half a window between reading and sending starts
 * over. Whoever read the list before our write has then written, or given up, before our second read, which shows it. This
 * holds among writers that keep to it, as long as no request is under way for more than half a window.
 *
 * A write that begins with the last read of the one before it takes the service's word for the first of its two reads: one
 * version more, with the list that was sent. Should another's write have come in between, the second read shows one version
 * more than that and our list, or another list; whoever wrote it has written by then all the same.
 *
 * A write whose answer is lost is settled by the version: unchanged, or one more with another list, and it was not done;
 * one more with our list, and it was. Where doubt stays, an allow is not added twice and a deny is not removed.
 *
 * A service that stores another list than it is sent is told from another writer by the version, which is then our own. The
 * changes that this concerns end with `POLICY_NOT_STORED` and are not sent again.
 *
 * A list is written in one request, so a process that is killed leaves it written or not, never in between: the next
 * update finds its definitions there, which `adopt` takes over, or writes them.
 *
 * @throws when nothing was written: OidcRunnerError `POLICY_CONTENDED` because reading always took too long, else what the
 *   API threw. Once something may have been written, each change has an outcome
 */
export async function writePolicy(
  access: PolicyAccess,
  issuerId: string,
  changes: readonly OwnedChange[],
  pace: WritePace,
  start: WriteStart = { holders: new PolicyHolders() },
): Promise<WriteEnd> {
  const write = new Write(access, issuerId, changes, pace, start.holders);
  try {
    return write.end(await write.run(start.reading));
  } catch (error) {
    return write.interrupted(error);
  }
}

/** A list that was sent and answered. */
interface Answered {
  before: AuthPolicyRecord;
  list: readonly PolicyDefinition[];
  version: number;
}

class Write {
  readonly #failed = new Map<OwnedChange, unknown>();
  #plan: PolicyPlan | undefined;
  #policyId = "";
  /** A list was sent, and not refused. */
  #sent = false;
  /** A list of ours was stored, or may have been: the plan stands, and what is there is ours. */
  #acted = false;
  #doubtful = false;
  /** Lists that were sent without an answer: the version they were made from, and what they hold. They may arrive late. */
  readonly #pending: { version: number; list: readonly PolicyDefinition[] }[] = [];
  /** The last list that was sent and answered. */
  #answered: Answered | undefined;
  /** Attempts to send a list that failed since one was answered. */
  #failures = 0;

  constructor(
    readonly access: PolicyAccess,
    readonly issuerId: string,
    readonly changes: readonly OwnedChange[],
    readonly pace: WritePace,
    readonly holders: PolicyHolders,
  ) {}

  /** Returns the read that shows the changes there to stay, or that there was nothing to change. */
  async run(first: PolicyReading | undefined): Promise<PolicyReading> {
    const { timing, quietWindowMs } = this.pace;
    let reading = first !== undefined && this.#isFresh(first) ? first : undefined;
    for (let round = 0; round < MAXIMUM_ROUNDS; round += 1) {
      const follows = reading !== undefined;
      reading ??= await this.#read();
      const next = this.#wish(reading.policy);
      let seen: PolicyReading | undefined = reading;
      if (!isDeepStrictEqual(next, reading.policy.policies)) {
        seen = this.#isFresh(reading) ? await this.#send(reading.policy, next, follows) : undefined;
      } else if (!this.#sent && !this.#asksForSomething()) {
        return reading;
      }
      const settled = seen === undefined ? undefined : await this.#settled(seen);
      if (settled !== undefined) {
        return settled;
      }
      if (seen !== undefined) {
        // Another writer was first. Who waits differently long does not meet again.
        await timing.sleep(timing.random() * quietWindowMs);
      }
      reading = undefined;
    }
    throw contended(this.issuerId);
  }

  /**
   * Whether some change that stands has something to say. If it is fulfilled already, an update before this one may have
   * written it and ended before that was settled: it is waited for all the same.
   */
  #asksForSomething(): boolean {
    return this.changes.some((change) => {
      const stands = this.#plan?.refused.has(change) === false;
      return stands && change.add.length + change.remove.length > 0;
    });
  }

  end(reading: PolicyReading): WriteEnd {
    const { outcomes, holders } = this.#outcomes((failure) => failure && this.#ended(failure));
    return { outcomes, holders, reading };
  }

  interrupted(error: unknown): WriteEnd {
    if (!this.#sent) {
      throw error;
    }
    return this.#outcomes((failure) => this.#ended(failure ?? error));
  }

  #ended(failure: unknown): unknown {
    return mayHaveWritten(failure) ? failure : uncertain(this.issuerId, failure);
  }

  #outcomes(errorOf: (failure: unknown) => unknown): WriteEnd {
    const plan = this.#plan;
    const outcomes = this.changes.map((change) => {
      const error = plan?.refused.has(change) ? plan.refused.get(change) : errorOf(this.#failed.get(change));
      const gone = plan?.gone.get(change) ?? [];
      return { policyId: this.#policyId, gone, ...(error !== undefined && { error }) };
    });
    return { outcomes, holders: plan?.holders ?? this.holders };
  }

  #wish(policy: AuthPolicyRecord): PolicyDefinition[] {
    const { policies } = policy;
    this.#compare(policy);
    this.#acted ||= this.#wasStored(policy);
    if (this.#plan !== undefined && this.#acted) {
      return this.#plan.again(policies, this.#doubtful, this.#failed);
    }
    this.#plan = new PolicyPlan(policies, this.changes, this.holders);
    return this.#plan.next;
  }

  async #read(): Promise<PolicyReading> {
    const begun = this.pace.timing.now();
    const policy = await this.access.getPolicy(this.issuerId);
    this.#policyId = policy.id;
    return { policy, begun };
  }

  /** The other half of the window is for the way of the request that writes. */
  #isFresh({ begun }: PolicyReading): boolean {
    return this.pace.timing.now() - begun <= this.pace.quietWindowMs / 2;
  }

  /**
   * Sends a list and reads what is there then, or takes it for what was sent where it follows another write; undefined when it
   * was not stored, and a pause was made.
   */
  async #send(
    before: AuthPolicyRecord,
    next: PolicyDefinition[],
    follows: boolean,
  ): Promise<PolicyReading | undefined> {
    this.#policyId = before.id;
    let answer: AuthPolicyRecord;
    try {
      answer = await this.access.updatePolicy(before.id, next);
    } catch (error) {
      this.#failures += 1;
      const pause = pauseAfter(error, this.#failures, this.pace.timing);
      const refused = error instanceof CloudApiError && error.status < 500;
      this.#sent ||= !refused;
      if (!refused) {
        this.#pending.push({ version: before.version, list: next });
      }
      const seen = refused || pause === undefined ? undefined : await this.#read();
      if (seen !== undefined && this.#wasStored(seen.policy)) {
        this.#acted = true;
        return seen;
      }
      if (pause === undefined || this.#failures === MAXIMUM_ATTEMPTS) {
        throw error;
      }
      await this.pace.timing.sleep(pause);
      return undefined;
    }
    this.#failures = 0;
    this.#sent = true;
    this.#acted = true;
    // The version that our list got, unless another's came in between.
    this.#answered = { before, list: next, version: Math.min(answer.version, before.version + 1) };
    return follows && this.#lost(answer) === undefined
      ? { policy: answer, begun: this.pace.timing.now() }
      : this.#read();
  }

  /** What of the answered list is missing, and what remains that it left out; undefined when nothing is and does. */
  #lost({ policies }: AuthPolicyRecord): { missing: PolicyDefinition[]; remaining: PolicyDefinition[] } | undefined {
    const { before, list } = this.#answered as Answered;
    const missing = list.filter((definition) => !includesDefinition(policies, definition));
    const remaining = before.policies.filter(
      (definition) => !includesDefinition(list, definition) && includesDefinition(policies, definition),
    );
    return missing.length + remaining.length === 0 ? undefined : { missing, remaining };
  }

  /** Fails the changes of which the service stored something else: the version says that no other writer did it. */
  #compare(policy: AuthPolicyRecord): void {
    const lost = policy.version === this.#answered?.version ? this.#lost(policy) : undefined;
    if (lost === undefined) {
      return;
    }
    const { missing, remaining } = lost;
    const known = [...(this.#answered as Answered).list, ...remaining];
    const instead = policy.policies.filter((definition) => !includesDefinition(known, definition));
    const concerns = ({ add, remove }: OwnedChange) =>
      missing.some((definition) => includesDefinition(add, definition)) ||
      remaining.some((definition) => includesDefinition(remove, definition));
    const standing = this.changes.filter((change) => this.#plan?.refused.has(change) === false);
    const concerned = standing.filter(concerns);
    // What others have was changed by whoever sent it: all of them.
    for (const change of concerned.length > 0 ? concerned : standing) {
      if (!this.#failed.has(change)) {
        this.#failed.set(change, notStored(this.issuerId, { missing, remaining, instead }));
      }
    }
  }

  /** Whether a list whose answer was lost was stored, or may have been. */
  #wasStored({ version, policies }: AuthPolicyRecord): boolean {
    // The service may fill in what was left out, but one write is one list.
    const isThere = (list: readonly PolicyDefinition[]) =>
      policies.length === list.length &&
      policies.every((entry, index) => sameDefinition(entry, list[index] as PolicyDefinition));
    if (this.#pending.some((sent) => version > sent.version && isThere(sent.list))) {
      return true;
    }
    // Other writes in between may have hidden it.
    const hidden = this.#pending.some((sent) => version > sent.version + 1);
    this.#doubtful ||= hidden;
    return hidden;
  }

  /**
   * The last read, when for a whole window each version was seen and fulfils the wish; undefined when one does not. A version
   * that is one more than the last was written in knowledge of ours; one that is several more may hide a loss, from which on
   * the window is counted anew, in smaller steps: many are writing.
   */
  async #settled(first: PolicyReading): Promise<PolicyReading | undefined> {
    const { timing, quietWindowMs } = this.pace;
    let seen = first.policy;
    let step = quietWindowMs;
    let waited = 0;
    while (isDeepStrictEqual(this.#wish(seen), seen.policies)) {
      await timing.sleep(step);
      waited += step;
      const again = await this.#read();
      if (again.policy.version > seen.version + 1) {
        step = quietWindowMs / 2;
        waited = 0;
      } else if (waited >= quietWindowMs && isDeepStrictEqual(this.#wish(again.policy), again.policy.policies)) {
        return again;
      }
      seen = again.policy;
    }
    return undefined;
  }
}
