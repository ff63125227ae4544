/** What can be wrong with an auth policy. The names are stable: waivers and scripts hold on to them. */
export type FindingName =
  | "ALLOW_WITHOUT_RULES"
  | "BROAD_SUBJECT"
  | "CLAIM_PATH_INVALID"
  | "DENY_SHADOWS_ALLOW"
  | "LITERAL_DOT_MATCHES_ANY"
  | "MISSING_AUDIENCE"
  | "MISSING_SUBJECT"
  | "MUTABLE_GITHUB_NAME"
  | "POD_NAME_ONLY"
  | "UNKNOWN_CLAIM"
  | "WAIVER_WITHOUT_REASON"
  | "WILDCARD_ACROSS_DELIMITER"
  | "WILDCARD_WITHOUT_DELIMITER";

/** `error`: it admits whom nobody meant, or never does what it says. `warning`: it may be meant, and is worth a look. */
export type Severity = "error" | "warning";

/** One thing that is wrong. */
export interface Finding {
  name: FindingName;
  severity: Severity;
  /** Where, in the JSON of the policy, such as `policies[0].rules.sub`. */
  path: string;
  message: string;
  /** What to do about it. */
  fix: string;
}
