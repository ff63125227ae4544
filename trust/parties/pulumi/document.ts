import { definitionTarget, type PolicyDefinition, type TokenSelection } from "../../policy";
import { subjectsOf, type TrustedToken } from "../../proof";

/**
 * The allow by which Pulumi Cloud exchanges tokens of one subject for an access token. The issuer is not in it, because the
 * policy it becomes part of belongs to the issuer.
 *
 * @throws OidcRunnerError `TRUST_SUBJECT_INVALID`
 */
export function pulumiPolicy(trust: TrustedToken & { subject: string }, token: TokenSelection): PolicyDefinition {
  const [sub = ""] = subjectsOf(trust);
  return { decision: "allow", ...definitionTarget(token), rules: { aud: trust.audience, sub } };
}
