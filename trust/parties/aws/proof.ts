import type { Claims } from "../../claims";
import { checkAdmitsOnly, fromAnotherIssuer, tokensOf } from "../../proof";
import { type AwsTrust, type AwsTrustPolicy, awsTrustPolicy } from "./document";
import { evaluateAwsTrust } from "./evaluate";

/**
 * The trust policy of `awsTrustPolicy`, proven: the tokens may assume the role, their neighbours may not, and neither may the
 * same subjects of another issuer. The role takes its document from here, so none is made from a trust that was not proven.
 *
 * @param neighbours tokens that resemble them, as the record of their issuer makes them
 * @param tokens those that the subjects stand for. Default: of each subject one
 * @throws OidcRunnerError `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`, `TRUST_SUBJECT_INVALID`, `TRUST_NOT_PROVEN`
 */
export function proveAwsTrust(
  trust: AwsTrust,
  neighbours: readonly Claims[],
  tokens: readonly Claims[] = tokensOf(trust),
): AwsTrustPolicy {
  const policy = awsTrustPolicy(trust);
  checkTrustPolicy(policy, tokens, neighbours);
  return policy;
}

/**
 * Refuses a trust policy that does not admit some tokens, or that admits a neighbour.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkTrustPolicy(
  policy: AwsTrustPolicy,
  tokens: readonly Claims[],
  neighbours: readonly Claims[],
): void {
  const decide = (claims: Claims) => evaluateAwsTrust(policy, claims).decision;
  const document = { name: "the role's trust policy", shown: policy.Statement, decide };
  checkAdmitsOnly(document, tokens, [...neighbours, ...fromAnotherIssuer(tokens)]);
}
