import { isDeepStrictEqual } from "node:util";
import { definitionKey, includesDefinition, keysOf, type PolicyDefinition } from "../../trust/policy";
import { type AuthPolicyRecord, CloudApiError, MAXIMUM_ATTEMPTS, PartialFailure, pauseAfter } from "../api";
import { SentLists, type Settled, settled } from "./confirm";
import { contended, notStored, uncertain } from "./errors";
import { PolicyHolders } from "./leases";
import { type OwnedChange, PolicyPlan } from "./plan";
import type { OnStored, PolicyAccess, PolicyReading, WriteEnd, WritePace, WriteStart } from "./types";

/** How often a write starts over before it gives up. */
const MAXIMUM_ROUNDS = 30;

/**
 * Writes changes of several owners into an issuer's one list, by the protocol of README.md.
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
  onStored?: OnStored,
): Promise<WriteEnd> {
  const write = new Write(access, issuerId, changes, pace, start, onStored);
  try {
    return write.end(await write.run());
  } catch (error) {
    return write.interrupted(error);
  }
}

class Write {
  readonly #failed = new Map<OwnedChange, unknown>();
  #plan: PolicyPlan | undefined;
  #policyId = "";
  /** A list was sent, and not refused. */
  #sent = false;
  /** A list of ours was stored, or may have been: the plan stands, and what is there is ours. */
  #acted = false;
  readonly #lists = new SentLists();
  /** Attempts to send a list that failed since one was answered. */
  #failures = 0;
  /** What ends the wait for the window, once it was told that the changes are stored. */
  #told: Promise<void> | undefined;

  constructor(
    readonly access: PolicyAccess,
    readonly issuerId: string,
    readonly changes: readonly OwnedChange[],
    readonly pace: WritePace,
    readonly start: WriteStart,
    readonly onStored: OnStored | undefined,
  ) {}

  /** Returns the read that shows the changes there to stay, or for now, or that there was nothing to change. */
  async run(): Promise<NonNullable<Settled>> {
    const { timing, quietWindowMs } = this.pace;
    const { reading: first } = this.start;
    let reading = first !== undefined && this.#isFresh(first) ? first : undefined;
    for (let round = 0; round < MAXIMUM_ROUNDS; round += 1) {
      const follows = reading !== undefined;
      reading ??= await this.#read();
      const next = this.#wish(reading.policy);
      let seen: PolicyReading | undefined = reading;
      if (!isDeepStrictEqual(next, reading.policy.policies)) {
        seen = this.#isFresh(reading) ? await this.#send(reading.policy, next, follows) : undefined;
      } else if (!this.#sent && !this.#asksForSomething()) {
        return { reading, isConfirmed: true };
      }
      const last =
        seen &&
        (await settled(
          seen,
          () => this.#read(),
          (policy) => this.#isFulfilled(policy),
          this.pace,
          this.onStored && ((stored) => this.#tell({ reading: stored, isConfirmed: false })),
        ));
      if (last !== undefined) {
        return last;
      }
      if (seen !== undefined) {
        // Another writer was first. Writers that wait differently long do not meet again.
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
    const asks = this.changes.some((change) => {
      const stands = this.#plan?.refused.has(change) === false;
      return stands && change.add.length + change.remove.length > 0;
    });
    return asks || (this.start.carried ?? []).length > 0;
  }

  /** A list that may still arrive late is waited for in any case: only this write knows of it. */
  #tell(stored: NonNullable<Settled>): Promise<void> {
    this.#told ??= this.onStored?.(this.end(stored));
    return this.#lists.hasUnanswered ? new Promise(() => {}) : (this.#told as Promise<void>);
  }

  end(settled: NonNullable<Settled>): WriteEnd {
    return { ...this.#outcomes((change, failure) => failure && this.#ended(change, failure)), ...settled };
  }

  interrupted(error: unknown): WriteEnd {
    if (!this.#sent || this.changes.length === 0) {
      throw error;
    }
    return this.#outcomes((change, failure) => this.#ended(change, failure ?? error));
  }

  #ended(change: OwnedChange, failure: unknown): unknown {
    return failure instanceof PartialFailure ? failure : uncertain(this.issuerId, change, failure);
  }

  #outcomes(errorOf: (change: OwnedChange, failure: unknown) => unknown): WriteEnd {
    const plan = this.#plan;
    const outcomes = this.changes.map((change) => {
      const error = plan?.refused.has(change) ? plan.refused.get(change) : errorOf(change, this.#failed.get(change));
      const gone = plan?.gone.get(change) ?? [];
      return { policyId: this.#policyId, gone, ...(error !== undefined && { error }) };
    });
    return { outcomes, holders: plan?.holders ?? this.start.holders, isConfirmed: false };
  }

  #wish(policy: AuthPolicyRecord): PolicyDefinition[] {
    const { policies } = policy;
    this.#compare(policy);
    this.#acted ||= this.#lists.wasStored(policy);
    if (this.#plan !== undefined && this.#acted) {
      return this.#withCarried(this.#plan.again(policies, this.#lists.doubtful, this.#failed));
    }
    this.#plan = new PolicyPlan(policies, this.changes, this.start.holders);
    return this.#withCarried(this.#plan.next);
  }

  /** With what other writers lost of earlier writes. */
  #withCarried(list: PolicyDefinition[]): PolicyDefinition[] {
    const { carried = [] } = this.start;
    if (carried.length === 0) {
      return list;
    }
    const there = keysOf(list);
    return [...list, ...carried.filter((definition) => !there.has(definitionKey(definition)))];
  }

  #isFulfilled(policy: AuthPolicyRecord): boolean {
    return isDeepStrictEqual(this.#wish(policy), policy.policies);
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
        this.#lists.unanswered(before, next);
      }
      const seen = refused || pause === undefined ? undefined : await this.#read();
      if (seen !== undefined && this.#lists.wasStored(seen.policy)) {
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
    this.#lists.answered(before, next, answer.version);
    return follows && this.#lists.lostIn(answer) === undefined
      ? { policy: answer, begun: this.pace.timing.now() }
      : this.#read();
  }

  /** Fails the changes of which the service stored something else: the version says that no other writer did it. */
  #compare(policy: AuthPolicyRecord): void {
    const altered = this.#lists.alterationIn(policy);
    if (altered === undefined) {
      return;
    }
    const { missing, remaining } = altered;
    const concerns = ({ add, remove }: OwnedChange) =>
      missing.some((definition) => includesDefinition(add, definition)) ||
      remaining.some((definition) => includesDefinition(remove, definition));
    const standing = this.changes.filter((change) => this.#plan?.refused.has(change) === false);
    const concerned = standing.filter(concerns);
    // What others have was changed by the batch as a whole.
    for (const change of concerned.length > 0 ? concerned : standing) {
      if (!this.#failed.has(change)) {
        this.#failed.set(change, notStored(this.issuerId, change, altered));
      }
    }
  }
}
