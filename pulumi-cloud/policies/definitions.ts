import { randomUUID } from "node:crypto";
import { printable } from "../../trust";
import { definitionKey, type PolicyDefinition } from "../../trust/policy";
import { type AuthPolicyRecord, type CloudClient, confirmGone, issuerNotFound, mayBeGone } from "../api";
import type { WriteBatch } from "./batch";
import { refusedWrite } from "./errors";
import { paceFor } from "./pace";
import { forgetReading, writeTogether } from "./queue";
import { readTogether } from "./reads";
import type { WritePace } from "./types";
import { writePolicy } from "./write";

/** What a policy resource asks for: its own definitions in the issuer's one list. */
export interface PolicyInputs {
  issuerId: string;
  policies: PolicyDefinition[];
  /** Take over definitions that are there already. */
  adopt?: boolean;
  /** Of the state, once there is one: tells this resource from others that hold an equal definition. */
  lease?: string;
}

/** What is known of it once it is written. */
export interface PolicyState {
  policyId: string;
  /** To be kept in state; see `PolicyHolders`. */
  lease?: string;
}

/** Shows a line to the user: the engine shows what a dynamic provider writes to its standard error. */
export const toUser = (line: string): void => console.warn(printable(line));

/**
 * Replaces definitions this resource wrote by others, leaving everybody else's alone (README.md). Create has nothing to
 * remove. Says `POLICY_ALREADY_GONE` of what was to be removed and was not there.
 *
 * @throws PartialFailure with policies and lease for the state, `POLICY_WRITE_UNCERTAIN` and `POLICY_NOT_STORED`;
 *   OidcRunnerError `POLICY_NOT_UNIQUE`, `DENY_SHADOWS`, `ISSUER_NOT_FOUND`, `ISSUER_NOT_VISIBLE`, `PULUMI_CLOUD_*`
 */
export async function writeDefinitions(
  client: CloudClient,
  inputs: PolicyInputs,
  remove: readonly PolicyDefinition[],
  pace?: WritePace,
  warn?: (line: string) => void,
): Promise<PolicyState> {
  try {
    return await replace(client, inputs, remove, pace, warn);
  } catch (error) {
    if (!mayBeGone(error)) {
      throw error;
    }
    try {
      await confirmGone(client, inputs.issuerId, error);
    } catch (present) {
      throw present === error ? refusedWrite(error, inputs.policies) : present;
    }
    throw issuerNotFound(inputs.issuerId, error);
  }
}

/** Takes this resource's definitions out. An issuer that is gone, or goes meanwhile, took them along. */
export async function removeDefinitions(
  client: CloudClient,
  inputs: PolicyInputs,
  pace?: WritePace,
  warn?: (line: string) => void,
): Promise<void> {
  const { issuerId, policies } = inputs;
  try {
    await replace(client, { ...inputs, policies: [] }, policies, pace, warn);
  } catch (error) {
    if (mayBeGone(error)) {
      await confirmGone(client, issuerId, error);
    } else if ((await findPolicy(client, issuerId)) !== undefined) {
      throw error;
    }
  }
}

/** Which of these definitions the issuer's policy still has, or undefined when the issuer is gone. */
export async function readDefinitions(
  client: CloudClient,
  inputs: PolicyInputs,
  pace = paceFor(client.apiUrl),
): Promise<PolicyDefinition[] | undefined> {
  const { issuerId, policies } = inputs;
  forgetReading(issuerId);
  const there = await readTogether(issuerId, () => findPolicy(client, issuerId), pace.timing);
  return there && policies.filter((definition) => there.has(definitionKey(definition)));
}

/** The auth policy of an issuer, or undefined when the issuer is gone. @throws OidcRunnerError `ISSUER_NOT_VISIBLE` */
export async function findPolicy(client: CloudClient, issuerId: string): Promise<AuthPolicyRecord | undefined> {
  try {
    return await client.getPolicy(issuerId);
  } catch (error) {
    if (!mayBeGone(error)) {
      throw error;
    }
    await confirmGone(client, issuerId, error);
    return undefined;
  }
}

async function replace(
  client: CloudClient,
  inputs: PolicyInputs,
  remove: readonly PolicyDefinition[],
  pace = paceFor(client.apiUrl),
  warn = toUser,
): Promise<PolicyState> {
  const { issuerId, policies, lease = randomUUID() } = inputs;
  const change = {
    remove,
    add: policies,
    adopt: inputs.adopt ?? false,
    lease,
  };
  const write: WriteBatch = (changes, start, onStored) => writePolicy(client, issuerId, changes, pace, start, onStored);
  const { policyId, gone } = await writeTogether(issuerId, change, write, pace, ({ message }) => warn(message));
  if (gone.length > 0) {
    warn(alreadyGone(issuerId, gone));
  }
  return { policyId, lease };
}

function alreadyGone(issuerId: string, gone: readonly PolicyDefinition[]): string {
  const rules = gone.map((definition) => `${definition.decision} ${JSON.stringify(definition.rules)}`).join(", ");
  return `POLICY_ALREADY_GONE: the policy of issuer ${issuerId} did not have what was to be taken out: ${rules}. Fix: look there for an altered copy, unless an interrupted update or a person took it out`;
}
