import { isDeepStrictEqual } from "node:util";
import { mergeDefinitions, sameDefinition } from "../trust/merge";
import type { PolicyDefinition } from "../trust/policy";
import { CloudApiError } from "./api-error";
import type { AuthPolicyRecord } from "./api-types";
import type { CloudClient } from "./client";
import { findPolicy } from "./find-policy";
import { serialise } from "./serialise";

/** What a policy resource asks for: its own definitions in the issuer's one list. */
export interface PolicyInputs {
  issuerId: string;
  definitions: PolicyDefinition[];
  /** Whether a lone deny without rules gives way to the first definition. */
  replaceDefaultDeny?: boolean;
  /** Take over definitions that are there already. */
  adopt?: boolean;
}

/** What is known of it once it is written. */
export interface PolicyState {
  policyId: string;
}

/**
 * Replaces definitions this resource wrote by others, leaving everybody else's alone. Create has nothing to remove.
 *
 * @throws OidcRunnerError `POLICY_NOT_UNIQUE`, `DENY_SHADOWS`, `POLICY_LIMIT`, `PULUMI_CLOUD_*`
 */
export function writeDefinitions(
  client: CloudClient,
  inputs: PolicyInputs,
  remove: readonly PolicyDefinition[],
): Promise<PolicyState> {
  return serialise(inputs.issuerId, async () => {
    const policy = await client.getPolicy(inputs.issuerId);
    await write(client, policy, inputs, remove);
    return { policyId: policy.id };
  });
}

/** Which of these definitions the issuer's policy still has, or undefined when the issuer is gone. */
export async function readDefinitions(
  client: CloudClient,
  inputs: PolicyInputs,
): Promise<PolicyDefinition[] | undefined> {
  const policy = await findPolicy(client, inputs.issuerId);
  if (policy === undefined) {
    return undefined;
  }
  return inputs.definitions.filter((definition) => policy.policies.some((entry) => sameDefinition(entry, definition)));
}

/** Takes this resource's definitions out. An issuer that is gone took them along. */
export function removeDefinitions(client: CloudClient, inputs: PolicyInputs): Promise<void> {
  return serialise(inputs.issuerId, async () => {
    const policy = await findPolicy(client, inputs.issuerId);
    if (policy === undefined) {
      return;
    }
    try {
      await write(client, policy, { ...inputs, definitions: [] }, inputs.definitions);
    } catch (error) {
      if (!(error instanceof CloudApiError) || error.status !== 404) {
        throw error;
      }
    }
  });
}

async function write(
  client: CloudClient,
  policy: AuthPolicyRecord,
  inputs: PolicyInputs,
  remove: readonly PolicyDefinition[],
): Promise<void> {
  const next = mergeDefinitions(policy.policies, {
    remove,
    add: inputs.definitions,
    replaceDefaultDeny: inputs.replaceDefaultDeny ?? false,
    adopt: inputs.adopt ?? false,
  });
  if (!isDeepStrictEqual(next, policy.policies)) {
    await client.updatePolicy(policy.id, next);
  }
}
