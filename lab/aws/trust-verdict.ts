import { type Explanation, OidcRunnerError } from "../../trust";
import type { Role } from "./roles";

/** What a role's trust policy says, and the role if it may be assumed. */
export type TrustVerdict = { role: Role; reasons: string[] } | { role: undefined; reasons: string[] };

/**
 * Whether a role may be assumed. One that is not there may not, and neither may one whose policy the evaluator does not
 * read: IAM keeps some that it refuses.
 *
 * @param evaluate the evaluator, for the trust policy
 */
export function trustVerdict(
  role: Role | undefined,
  arn: string,
  evaluate: (document: unknown) => Explanation,
): TrustVerdict {
  if (role === undefined) {
    return { role: undefined, reasons: [`there is no role ${arn}`] };
  }
  try {
    const { decision, reasons } = evaluate(JSON.parse(role.assumeRolePolicy));
    return { role: decision === "allow" ? role : undefined, reasons };
  } catch (error) {
    if (!(error instanceof OidcRunnerError)) {
      throw error;
    }
    return { role: undefined, reasons: [error.message] };
  }
}
