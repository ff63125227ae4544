import type { Finding } from "../../../lint";

/** Quota "Role trust policy length" (L-C07B4B0D), by default and at most, in characters (IAM User Guide, "IAM and AWS STS quotas"). */
const DEFAULT = 2048;
const RAISED = 8192;

/** Finds a trust policy that IAM does not store; white space between its elements does not count (same page). */
export function checkLength(document: unknown): Finding[] {
  const length = JSON.stringify(document).length;
  if (length <= DEFAULT) {
    return [];
  }
  const possible = length <= RAISED;
  return [
    {
      name: "DOCUMENT_TOO_LONG",
      severity: possible ? "warning" : "error",
      path: "$",
      message: `it has ${length} characters, and IAM stores a role's trust policy of at most ${possible ? `${DEFAULT}, unless the account's quota was raised` : `${RAISED}, even with a raised quota`}`,
      fix: possible
        ? 'use a role for each workload, or raise the quota "Role trust policy length"'
        : "use a role for each workload",
    },
  ];
}
