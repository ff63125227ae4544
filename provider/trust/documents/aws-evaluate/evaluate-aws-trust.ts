import type { Claims } from "../../claims";
import type { Explanation } from "../../explain";
import { unmetConditions } from "./condition";
import { type RequestContext, requestContext } from "./context";
import { readTrustPolicy, type Statement } from "./document";
import { matchesGlob } from "./glob";
import { matchesPrincipal } from "./principal";

const ACTION = "sts:AssumeRoleWithWebIdentity";

/** What a statement says of a request, and why. */
interface Finding {
  effect: Statement["effect"];
  applies: boolean;
  reason: string;
}

/**
 * Whether a role's trust policy lets a token's bearer assume the role with `sts:AssumeRoleWithWebIdentity`, and why: a deny
 * that applies wins over every allow, and without an allow the answer is no (IAM User Guide, "Policy evaluation logic").
 *
 * Where a condition asks for what claims don't tell (see `unmetConditions`), the answer errs to deny: an allow does not
 * apply, a deny does. What STS checks before the policy (signature, times, the provider's client ids) is taken as passed.
 *
 * @throws OidcRunnerError `AWS_POLICY_INVALID`
 */
export function evaluateAwsTrust(document: unknown, claims: Claims): Explanation {
  const context = requestContext(claims);
  const findings = readTrustPolicy(document).map((statement) => findingOf(statement, context));
  const deny = findings.find(({ effect, applies }) => applies && effect === "Deny");
  if (deny !== undefined) {
    return { decision: "deny", reasons: [deny.reason] };
  }
  const allow = findings.find(({ effect, applies }) => applies && effect === "Allow");
  if (allow !== undefined) {
    return { decision: "allow", reasons: [allow.reason] };
  }
  const reasons = findings.filter(({ effect }) => effect === "Allow").map(({ reason }) => reason);
  return { decision: "deny", reasons: reasons.length > 0 ? reasons : ["the policy has no allow"] };
}

function findingOf(statement: Statement, context: RequestContext): Finding {
  const { name, effect } = statement;
  const not = (reason: string): Finding => ({ effect, applies: false, reason: `${name} does not match: ${reason}` });
  const named = statement.actions.some((action) => matchesGlob(action.toLowerCase(), ACTION.toLowerCase()));
  // Conditions are read first, so that one that is no condition is refused whatever the token.
  const unmet = unmetConditions(statement, context);
  if (named === statement.exceptActions) {
    const element = statement.exceptActions ? "NotAction" : "Action";
    return not(`${element} ${statement.actions.join(" or ")} ${named ? "leaves out" : "is not"} ${ACTION}`);
  }
  if (!matchesPrincipal(statement.principal, context.issuer)) {
    const got = context.issuer ?? "a token without an https issuer";
    return not(`Principal expected ${JSON.stringify(statement.principal)}, got ${got}`);
  }
  const doubts = unmet.filter(({ kind }) => kind === "unknown");
  const failures = effect === "Allow" ? unmet : unmet.filter(({ kind }) => kind === "false");
  if (failures.length > 0) {
    return not(failures.map(({ text }) => text).join("; "));
  }
  if (effect === "Allow") {
    return { effect, applies: true, reason: `${name} matches and allows it` };
  }
  const unless = doubts.length > 0 ? `; not known: ${doubts.map(({ text }) => text).join("; ")}` : "";
  return { effect, applies: true, reason: `${name} matches and denies it, and a deny wins over every allow${unless}` };
}
