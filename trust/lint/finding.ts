/**
 * What can be wrong with a trust document. The names are stable: waivers and scripts hold on to them. A name means the same
 * for every relying party that has it; those in brackets name the parties where it is not for all.
 *
 * Whom it admits:
 * - `ALLOW_WITHOUT_RULES`: nothing is asked of a token.
 * - `ANY_PRINCIPAL` (aws, gcp): the issuer, or the identity of a pool, is a star.
 * - `MISSING_AUDIENCE`, `MISSING_SUBJECT`: nothing is asked of `aud`, or nothing says whose token it is.
 * - `MISSING_CONDITION` (gcp): an issuer that many customers share, and no attribute condition.
 * - `NEGATED_SUBJECT` (aws, gcp): the subject is only said not to be somebody.
 * - `POD_NAME_ONLY` (pulumi): nothing but the pod's name says whose token it is.
 * - `ADMIN_FOR_MANY`, `ANY_TEAM` (pulumi): an administrator's token for a pattern of subjects; a team's token of any team.
 * - `DOT_ADMITS_OTHERS` (pulumi): a dot, which is a wildcard, in the name of the tenant, the organization or the team.
 * - `BROAD_SUBJECT`: wildcards where organization, owner or namespace should stand.
 * - `WILDCARD_WITHOUT_DELIMITER`, `WILDCARD_ACROSS_DELIMITER`: a wildcard reaches names that only begin alike, or the parts
 *   that follow.
 * - `MUTABLE_GITHUB_NAME`: a repository by its name, which can become another's.
 * - `UNTRUSTED_CLAIM`: a claim whose value strangers choose.
 * - `LITERAL_DOT_MATCHES_ANY` (pulumi): a dot that is a wildcard.
 * - `SET_OPERATOR_ON_SINGLE_VALUE`, `ADMITS_ABSENT_CLAIM` (aws): met by a token without the claim.
 * - `DEFAULT_AUDIENCE` (gcp), `UNUSUAL_AUDIENCE` (azure): not the audience that is recommended.
 *
 * What never takes effect:
 * - `CLAIM_PATH_INVALID` (pulumi), `UNKNOWN_CLAIM`: no claim, or none that the issuer sends or the relying party sees.
 * - `UNVERIFIED_OPERATION` (pulumi): a drift run of Pulumi Deployments, whose token may name another operation.
 * - `FOREIGN_CONDITION_KEY`, `WRONG_ACTION` (aws): a key of another issuer; an action tokens aren't used with.
 * - `UNMAPPED_ATTRIBUTE`, `MAPPING_WITHOUT_SUBJECT`, `NO_MEMBERS` (gcp).
 * - `LITERAL_WILDCARD`: a star where it stands for itself.
 * - `CONTRADICTORY_CONDITIONS`: conditions on one claim that no value meets.
 * - `DENY_SHADOWS_ALLOW` (pulumi, aws): a deny for all that an allow admits.
 * - `ISSUER_MISMATCH`: the document is about another issuer than the one that was given.
 * - `DOCUMENT_TOO_LONG` (aws), `SUBJECT_TOO_LONG` (gcp), `TOO_MANY_CREDENTIALS` (azure): more than the party stores.
 *
 * About the linting itself: `CONDITION_NOT_READ` (gcp, azure): the linter can't tell what a condition admits.
 */
export type FindingName =
  | "ADMIN_FOR_MANY"
  | "ADMITS_ABSENT_CLAIM"
  | "ALLOW_WITHOUT_RULES"
  | "ANY_PRINCIPAL"
  | "ANY_TEAM"
  | "BROAD_SUBJECT"
  | "CLAIM_PATH_INVALID"
  | "CONDITION_NOT_READ"
  | "CONTRADICTORY_CONDITIONS"
  | "DEFAULT_AUDIENCE"
  | "DENY_SHADOWS_ALLOW"
  | "DOCUMENT_TOO_LONG"
  | "DOT_ADMITS_OTHERS"
  | "FOREIGN_CONDITION_KEY"
  | "ISSUER_MISMATCH"
  | "LITERAL_DOT_MATCHES_ANY"
  | "LITERAL_WILDCARD"
  | "MAPPING_WITHOUT_SUBJECT"
  | "MISSING_AUDIENCE"
  | "MISSING_CONDITION"
  | "MISSING_SUBJECT"
  | "MUTABLE_GITHUB_NAME"
  | "NEGATED_SUBJECT"
  | "NO_MEMBERS"
  | "POD_NAME_ONLY"
  | "SET_OPERATOR_ON_SINGLE_VALUE"
  | "SUBJECT_TOO_LONG"
  | "TOO_MANY_CREDENTIALS"
  | "UNKNOWN_CLAIM"
  | "UNMAPPED_ATTRIBUTE"
  | "UNTRUSTED_CLAIM"
  | "UNUSUAL_AUDIENCE"
  | "UNVERIFIED_OPERATION"
  | "WILDCARD_ACROSS_DELIMITER"
  | "WILDCARD_WITHOUT_DELIMITER"
  | "WRONG_ACTION";

/** `error`: it admits whom nobody meant, or never does what it says. `warning`: it may be meant, and is worth a look. */
export type Severity = "error" | "warning";

/** One thing that is wrong. */
export interface Finding {
  name: FindingName;
  severity: Severity;
  /** Where, in the JSON of the document, such as `policies[0].rules.sub`. */
  path: string;
  message: string;
  /** What to do about it. */
  fix: string;
}
