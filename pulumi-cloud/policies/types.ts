import type { PolicyDefinition } from "../../trust/policy";
import type { AuthPolicyRecord, CloudClient, Timing } from "../api";
import type { PolicyHolders } from "./leases";

/** How long a policy must stay as it is before a write counts as done, in milliseconds. */
export const QUIET_WINDOW_MS = 2000;

/** The part of the API a write needs. */
export type PolicyAccess = Pick<CloudClient, "getPolicy" | "updatePolicy">;

/** How a write takes its time; other values than the defaults only in tests. */
export interface WritePace {
  timing: Timing;
  /** Default {@link QUIET_WINDOW_MS}. */
  quietWindowMs: number;
}

/** A list as it was read. */
export interface PolicyReading {
  policy: AuthPolicyRecord;
  /** When the read was sent, by the pace's clock, in milliseconds. */
  begun: number;
}

/** What is known before a write. */
export interface WriteStart {
  holders: PolicyHolders;
  /** What an earlier write read last; taken for the first read as long as it is fresh. */
  reading?: PolicyReading | undefined;
  /** Allows that earlier writes of this process stored, and that this one confirms as well. */
  carried?: readonly PolicyDefinition[];
}

/** What became of one change. With an `error` nothing was written, unless that is a `PartialFailure`. */
export interface ChangeOutcome {
  policyId: string;
  /** What was to be taken out and was not there. */
  gone: PolicyDefinition[];
  error?: unknown;
}

/** What became of a batch, in the order of its changes, and what is known after it. Without a reading it failed. */
export interface WriteEnd extends WriteStart {
  outcomes: ChangeOutcome[];
  /** Whether the changes were seen to stay for a whole window. */
  isConfirmed: boolean;
}

/**
 * Told once that a list was read which holds the changes, with what became of each so far. What it returns ends the wait for
 * the window, because a later write is to confirm these changes too.
 */
export type OnStored = (end: WriteEnd) => Promise<void>;
