import { OidcRunnerError } from "../../trust";
import type { Claims } from "../../trust/claims";
import { evaluate, explain } from "../../trust/parties/pulumi";
import { ALLOWED_REQUEST, type Allow, allowedDefinitions } from "../../trust/parties/service";
import { LONGEST_PATTERN, matchesGlob } from "../../trust/pattern";
import type { PolicyDefinition } from "../../trust/policy";

/** Why claims of an issuer are not allowed, in the words of `explain`; undefined when they are. */
export type Authorise = (claims: Claims) => string | undefined;

/**
 * Decides by the list, which is read once.
 *
 * @throws OidcRunnerError as `allowedDefinitions`
 */
export function authoriser(allow: Allow, issuers: readonly string[]): Authorise {
  const definitions = allowedDefinitions(allow, issuers);
  if (definitions === undefined) {
    return () => undefined;
  }
  return (claims) => {
    const own = definitions.get(claims.iss as string) ?? [];
    return evaluate(own, claims, ALLOWED_REQUEST, matches).decision === "allow" ? undefined : reasonOf(own, claims);
  };
}

function reasonOf(definitions: readonly PolicyDefinition[], claims: Claims): string {
  try {
    return explain(definitions, claims, ALLOWED_REQUEST, matches).reasons.join("; ");
  } catch (error) {
    // A text that is too long for it to look for near misses in.
    if (error instanceof OidcRunnerError && error.code === "PATTERN_TOO_LONG") {
      return `no entry of the list matches, and a claim has more than ${LONGEST_PATTERN} characters`;
    }
    throw error;
  }
}

/** A claim that is longer than patterns are compared with matches none. */
function matches(pattern: string, value: string): boolean {
  return value.length <= LONGEST_PATTERN && matchesGlob(pattern, value);
}
