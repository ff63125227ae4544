import { isDeepStrictEqual } from "node:util";
import { OidcRunnerError } from "../errors";
import { type DefinitionChange, mergeDefinitions, sameDefinition } from "../trust/merge";
import type { PolicyDefinition } from "../trust/policy";
import { CloudApiError } from "./api-error";
import type { AuthPolicyRecord } from "./api-types";
import type { CloudClient } from "./client";
import type { Timing } from "./timing";

/** How long a policy must stay as it is before a write counts as done, in milliseconds. */
export const QUIET_WINDOW_MS = 2000;

/** How often a write starts over before it gives up. */
const MAXIMUM_ROUNDS = 30;

/** The part of the API a write needs. */
export type PolicyAccess = Pick<CloudClient, "getPolicy" | "updatePolicy">;

/** What became of one change: `refused` is what the merge threw, and then nothing of it was written. */
export type ChangeOutcome = { policyId: string; refused?: undefined } | { policyId: string; refused: unknown };

/**
 * Writes changes of several owners into an issuer's one list.
 *
 * The service takes no precondition, so two writers that read the same list overwrite each other. A write therefore counts
 * as done only when one read shows it fulfilled at some version and a second read, one quiet window later, shows the same
 * version; and a writer that needs more than a window between reading and writing starts over. Whoever read the list
 * before our write has then written, or given up, before our second read, which shows it. This holds among writers that
 * keep to it.
 *
 * A write whose answer is lost is settled by the next read: what is there by then is ours, and is not added twice.
 *
 * @returns the outcomes in the order of the changes
 * @throws OidcRunnerError `POLICY_WRITE_UNCERTAIN` when something may have been written and could not be confirmed,
 *   `POLICY_CONTENDED` when nothing was because reading always took too long; else what the API threw
 */
export async function writePolicy(
  access: PolicyAccess,
  issuerId: string,
  changes: readonly DefinitionChange[],
  timing: Timing,
  quietWindowMs = QUIET_WINDOW_MS,
): Promise<ChangeOutcome[]> {
  const refused = new Map<DefinitionChange, unknown>();
  let written = false;
  let policyId = "";
  const outcomes = () =>
    changes.map((change) => ({ policyId, ...(refused.has(change) && { refused: refused.get(change) }) }));
  try {
    for (let round = 0; round < MAXIMUM_ROUNDS; round += 1) {
      const begun = timing.now();
      const policy = await access.getPolicy(issuerId);
      policyId = policy.id;
      // Once we may have written, an equal definition is our own.
      const next = mergeAll(policy.policies, changes, refused, written);
      const needed = !isDeepStrictEqual(next, policy.policies);
      if (!needed && !written) {
        return outcomes();
      }
      if (needed) {
        if (timing.now() - begun > quietWindowMs) {
          continue;
        }
        written = (await tryWrite(access, policyId, next)) || written;
      }
      const wishes = changes.filter((change) => !refused.has(change));
      if (await staysFulfilled(access, issuerId, wishes, timing, quietWindowMs)) {
        return outcomes();
      }
      // Another writer was first. Who waits differently long does not meet again.
      await timing.sleep(timing.random() * quietWindowMs);
    }
  } catch (error) {
    throw written ? uncertain(issuerId, error) : error;
  }
  throw written ? uncertain(issuerId, undefined) : contended(issuerId);
}

function mergeAll(
  current: readonly PolicyDefinition[],
  changes: readonly DefinitionChange[],
  refused: Map<DefinitionChange, unknown>,
  written: boolean,
): PolicyDefinition[] {
  let next = [...current];
  for (const change of changes) {
    if (refused.has(change)) {
      continue;
    }
    try {
      next = mergeDefinitions(next, { ...change, adopt: change.adopt || written });
    } catch (error) {
      if (written) {
        throw error;
      }
      refused.set(change, error);
    }
  }
  return next;
}

/** Whether the list may have been written: true, also when the answer was lost; false after 429, which says it was not. */
async function tryWrite(access: PolicyAccess, policyId: string, next: PolicyDefinition[]): Promise<boolean> {
  try {
    await access.updatePolicy(policyId, next);
    return true;
  } catch (error) {
    if (error instanceof CloudApiError && error.status < 500) {
      if (error.status === 429) {
        return false;
      }
      throw error;
    }
    return true;
  }
}

async function staysFulfilled(
  access: PolicyAccess,
  issuerId: string,
  changes: readonly DefinitionChange[],
  timing: Timing,
  quietWindowMs: number,
): Promise<boolean> {
  let seen = await access.getPolicy(issuerId);
  while (isFulfilled(seen, changes)) {
    await timing.sleep(quietWindowMs);
    const again = await access.getPolicy(issuerId);
    if (again.version === seen.version) {
      return true;
    }
    seen = again;
  }
  return false;
}

function isFulfilled({ policies }: AuthPolicyRecord, changes: readonly DefinitionChange[]): boolean {
  const has = (definition: PolicyDefinition) => policies.some((entry) => sameDefinition(entry, definition));
  const wanted = changes.flatMap(({ add }) => add);
  const unwanted = changes
    .flatMap(({ remove }) => remove)
    .filter((definition) => !wanted.some((other) => sameDefinition(other, definition)));
  return wanted.every(has) && !unwanted.some(has);
}

function uncertain(issuerId: string, cause: unknown): OidcRunnerError {
  const why = cause instanceof Error ? cause.message : "other writers kept changing it";
  return new OidcRunnerError(
    "POLICY_WRITE_UNCERTAIN",
    `the policy was changed, but that could not be confirmed: ${why}`,
    {
      where: `issuer ${issuerId}`,
      fix: "run 'pulumi up' again: it takes up where this one ended",
      cause,
    },
  );
}

function contended(issuerId: string): OidcRunnerError {
  return new OidcRunnerError("POLICY_CONTENDED", "the policy could not be read and written within the quiet window", {
    where: `issuer ${issuerId}`,
    fix: "run 'pulumi up' again when Pulumi Cloud answers faster",
  });
}
