import { randomUUID } from "node:crypto";
import type { PolicyDefinition } from "../trust/policy";
import { includesDefinition } from "../trust/same-definition";
import { CloudApiError } from "./api-error";
import type { CloudClient } from "./client";
import { findPolicy } from "./find-policy";
import type { OwnWrites } from "./own-writes";
import { forgetReading, type WriteBatch, writeTogether } from "./policy-queue";
import { realTiming } from "./timing";
import { isUncertain, refusedWrite } from "./write-errors";
import { writePolicy } from "./write-policy";
import { QUIET_WINDOW_MS, type WritePace } from "./write-types";

/** What a policy resource asks for: its own definitions in the issuer's one list. */
export interface PolicyInputs {
  issuerId: string;
  definitions: PolicyDefinition[];
  /** Take over definitions that are there already. */
  adopt?: boolean;
  /** Of the state, once there is one: tells this resource from others that hold an equal definition. */
  claim?: string;
  /** Notes of what this resource began to write; without them an equal definition is always another's. */
  own?: OwnWrites | undefined;
  /** Notes of what it began to take out. */
  removals?: OwnWrites | undefined;
}

/** What is known of it once it is written. */
export interface PolicyState {
  policyId: string;
  /** To be kept in state; see `PolicyHolders`. */
  claim?: string;
}

const REAL_PACE: WritePace = { timing: realTiming, quietWindowMs: QUIET_WINDOW_MS };

/**
 * Replaces definitions this resource wrote by others, leaving everybody else's alone. Create has nothing to remove. What
 * another resource of this process took over or wrote stays when its old owner lets go of it.
 *
 * @throws OidcRunnerError `POLICY_NOT_UNIQUE`, `DENY_SHADOWS`, `POLICY_WRITE_UNCERTAIN`, `PULUMI_CLOUD_*`
 */
export async function writeDefinitions(
  client: CloudClient,
  inputs: PolicyInputs,
  remove: readonly PolicyDefinition[],
  pace: WritePace = REAL_PACE,
): Promise<PolicyState> {
  const { issuerId, definitions, own, removals, claim = randomUUID() } = inputs;
  // What an update that was killed began to write for this resource counts as what it had.
  const begun = (own?.among(definitions) ?? []).filter((definition) => !includesDefinition(remove, definition));
  const abandoned = await abandonedBy(client, inputs, [...definitions, ...remove]);
  const goes = remove.filter((definition) => !includesDefinition(definitions, definition));
  const noted: PolicyDefinition[] = [];
  const notedRemovals: PolicyDefinition[] = [];
  const change = {
    remove: [...remove, ...begun, ...abandoned],
    add: definitions,
    adopt: inputs.adopt ?? false,
    claim,
    beforeWrite: () => {
      noted.push(...(own?.remember(definitions) ?? []));
      notedRemovals.push(...(removals?.remember(goes) ?? []));
    },
  };
  const write: WriteBatch = (changes, start) => writePolicy(client, issuerId, changes, pace, start);
  try {
    const policyId = await writeTogether(issuerId, change, write, pace);
    own?.keepOnly(definitions);
    removals?.forget([...goes, ...definitions]);
    return { policyId, claim };
  } catch (error) {
    if (!isUncertain(error)) {
      own?.forget(noted);
      removals?.forget(notedRemovals);
    }
    throw refusedWrite(error, definitions);
  }
}

/**
 * Allows that an update that was killed wrote for this resource, and that are neither wanted now nor in state. A deny stays:
 * it may be another's by now, and nothing is opened for a guess.
 */
async function abandonedBy(
  client: CloudClient,
  { issuerId, own }: PolicyInputs,
  known: readonly PolicyDefinition[],
): Promise<PolicyDefinition[]> {
  if (!own?.hasOthersThan(known)) {
    return [];
  }
  const list = (await findPolicy(client, issuerId))?.policies ?? [];
  return own
    .among(list)
    .filter((definition) => definition.decision === "allow" && !includesDefinition(known, definition));
}

/** Which of these definitions the issuer's policy still has, or undefined when the issuer is gone. */
export async function readDefinitions(
  client: CloudClient,
  inputs: PolicyInputs,
): Promise<PolicyDefinition[] | undefined> {
  forgetReading(inputs.issuerId);
  const policy = await findPolicy(client, inputs.issuerId);
  if (policy === undefined) {
    return undefined;
  }
  return inputs.definitions.filter((definition) => includesDefinition(policy.policies, definition));
}

/** Takes this resource's definitions out. An issuer that is gone, or goes meanwhile, took them along. */
export async function removeDefinitions(client: CloudClient, inputs: PolicyInputs, pace?: WritePace): Promise<void> {
  try {
    await writeDefinitions(client, { ...inputs, definitions: [] }, inputs.definitions, pace);
  } catch (error) {
    const gone = error instanceof CloudApiError && error.status === 404;
    if (!gone && (await findPolicy(client, inputs.issuerId)) !== undefined) {
      throw error;
    }
    inputs.own?.forget(inputs.definitions);
    inputs.removals?.forget(inputs.definitions);
  }
}
