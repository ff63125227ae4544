import type { Finding } from "../../../lint";
import { POLICY_LENGTH } from "../document";

/** Finds a trust policy that IAM does not store; white space between its elements does not count (same page). */
export function checkLength(document: unknown): Finding[] {
  const length = JSON.stringify(document).length;
  if (length <= POLICY_LENGTH.usual) {
    return [];
  }
  const possible = length <= POLICY_LENGTH.raised;
  return [
    {
      name: "DOCUMENT_TOO_LONG",
      severity: possible ? "warning" : "error",
      path: "$",
      message: `it has ${length} characters, and IAM stores a role's trust policy of at most ${possible ? `${POLICY_LENGTH.usual}, unless the account's quota was raised` : `${POLICY_LENGTH.raised}, even with a raised quota`}`,
      fix: possible
        ? 'use a role for each workload, or raise the quota "Role trust policy length"'
        : "use a role for each workload",
    },
  ];
}
