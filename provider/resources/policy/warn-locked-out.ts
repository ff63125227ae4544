import { type CloudClient, issOf } from "../../../pulumi-cloud/api";
import { toUser } from "../../../pulumi-cloud/policies";
import { OidcRunnerError } from "../../../trust";
import type { Claims } from "../../../trust/claims";
import type { Waiver } from "../../../trust/lint";
import { locksOutCaller } from "../../../trust/parties/pulumi";
import { type DefinitionChange, mergeDefinitions } from "../../../trust/policy";
import type { CallerInputs } from "../checks";
import { readCaller } from "./deployment-identity";

/** The part of the API that is read. */
export type LockoutAccess = Pick<CloudClient, "getPolicy" | "getIssuer">;

/**
 * Warns `LOCKS_OUT_CALLER` before a write after which the caller's own token is exchanged for nothing any more. Only a
 * warning, because destroying a stack is intended. It costs one read, and nothing when no caller is given.
 */
export async function warnLockedOut(
  access: LockoutAccess,
  inputs: CallerInputs & { issuerId: string; waive?: readonly Waiver[] },
  change: DefinitionChange,
  warn = toUser,
): Promise<void> {
  if (inputs.waive?.some(({ name }) => name === "LOCKS_OUT_CALLER")) {
    return;
  }
  try {
    const caller = await readCaller(inputs);
    if (caller !== undefined && (await isLockedOut(access, inputs.issuerId, change, caller))) {
      warn(
        `LOCKS_OUT_CALLER: after this change no definition of issuer ${inputs.issuerId} allows the token of ${nameOf(caller)} any more. Fix: keep an allow for it, or log in another way before the next update`,
      );
    }
  } catch (error) {
    if (error instanceof OidcRunnerError && error.code === "CALLER_INVALID") {
      warn(`${error.message}. Until then LOCKS_OUT_CALLER is not checked`);
    }
    // Anything else the write itself meets and reports.
  }
}

async function isLockedOut(
  access: LockoutAccess,
  issuerId: string,
  change: DefinitionChange,
  caller: Claims,
): Promise<boolean> {
  const { policies } = await access.getPolicy(issuerId);
  if (!locksOutCaller(policies, mergeDefinitions(policies, change), caller)) {
    return false;
  }
  // Equal names in another cluster are somebody else.
  return caller.iss === undefined || issOf(await access.getIssuer(issuerId)) === caller.iss;
}

function nameOf(caller: Claims): string {
  return typeof caller.sub === "string" ? JSON.stringify(caller.sub) : "the caller";
}
