import { matchesGlob } from "../../../pattern";
import type { Explanation } from "../../../verdict";
import { unmetConditions } from "./condition";
import type { KeyValues } from "./context";
import type { Statement } from "./document";

/** A request for a role, as the role's trust policy sees it. */
export interface RoleRequest {
  /** What is asked for, such as `sts:AssumeRole`. */
  action: string;
  /** Who asks, as a refusal names it. */
  caller: string;
  /** Whether a statement's principal is the one who asks. */
  isPrincipal: (principal: Statement["principal"]) => boolean;
  /** The values of a condition key, whose name is compared without regard to case. */
  valuesOf: (key: string) => KeyValues;
}

/** What a statement says of a request, and why. */
interface Finding {
  effect: Statement["effect"];
  applies: boolean;
  reason: string;
}

/**
 * Whether a trust policy's statements grant a request, and why: a deny that applies wins over every allow, and without an
 * allow the answer is no (IAM User Guide, "Policy evaluation logic"). Where a condition asks for what is not known, the answer
 * errs to deny: an allow does not apply, a deny does.
 */
export function decide(statements: readonly Statement[], request: RoleRequest): Explanation {
  const findings = statements.map((statement) => findingOf(statement, request));
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

function findingOf(statement: Statement, request: RoleRequest): Finding {
  const { name, effect } = statement;
  const not = (reason: string): Finding => ({ effect, applies: false, reason: `${name} does not match: ${reason}` });
  const named = statement.actions.some((action) => matchesGlob(action.toLowerCase(), request.action.toLowerCase()));
  // Conditions are read first, so that one that is not a condition is refused whatever the request.
  const unmet = unmetConditions(statement, request);
  if (named === statement.exceptActions) {
    const element = statement.exceptActions ? "NotAction" : "Action";
    return not(`${element} ${statement.actions.join(" or ")} ${named ? "leaves out" : "is not"} ${request.action}`);
  }
  if (!request.isPrincipal(statement.principal)) {
    return not(`Principal expected ${JSON.stringify(statement.principal)}, got ${request.caller}`);
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
