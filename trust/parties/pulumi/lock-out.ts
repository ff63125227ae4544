import type { Claims } from "../../claims";
import type { PolicyDefinition, TokenRequest } from "../../policy";
import { evaluate } from "./evaluate";

/**
 * Whether a caller could exchange its token for some access token before a change of an issuer's policy, and for none after
 * it. The whole lists count, others' entries included.
 */
export function locksOutCaller(
  before: readonly PolicyDefinition[],
  after: readonly PolicyDefinition[],
  caller: Claims,
): boolean {
  return isAllowed(before, caller) && !isAllowed(after, caller);
}

function isAllowed(definitions: readonly PolicyDefinition[], caller: Claims): boolean {
  return definitions.some((definition) => evaluate(definitions, caller, requestFor(definition)).decision === "allow");
}

/** A request that a definition is about. A team's pattern stands for some team of that name, not for those a deny singles out. */
function requestFor({ tokenType, teamName, userLogin, runnerID }: PolicyDefinition): TokenRequest {
  const team = teamName?.replace(/\*/g, "~any~").replace(/\?/g, "").replace(/\./g, "~");
  return { tokenType, team, user: userLogin, runner: runnerID };
}
