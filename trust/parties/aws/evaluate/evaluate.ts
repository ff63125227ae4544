import type { Claims } from "../../../claims";
import type { Explanation } from "../../../verdict";
import { requestContext } from "./context";
import { decide } from "./decide";
import { readTrustPolicy } from "./document";
import { matchesPrincipal } from "./principal";

/**
 * Whether a role's trust policy lets a token's bearer assume the role with `sts:AssumeRoleWithWebIdentity`, and why.
 *
 * Where a condition asks for what claims don't tell (see `unmetConditions`), the answer errs to deny (see `decide`). What STS
 * checks before the policy (signature, times, the provider's client ids) is taken as passed.
 *
 * @throws OidcRunnerError `AWS_POLICY_INVALID`
 */
export function evaluateAwsTrust(document: unknown, claims: Claims): Explanation {
  const { issuer, valuesOf } = requestContext(claims);
  return decide(readTrustPolicy(document), {
    action: "sts:AssumeRoleWithWebIdentity",
    caller: issuer ?? "a token without an https issuer",
    isPrincipal: (principal) => matchesPrincipal(principal, issuer),
    valuesOf,
  });
}
