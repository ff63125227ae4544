import { OidcRunnerError } from "../errors";
import { SUBJECT_CHECKS, type SubjectFindingName } from "./checks";
import type { PartyFindingName } from "./finding";

/** What components warn of about access to a cloud, and no linter. */
export const ACCESS_FINDINGS = ["AZURE_ROLE_BROAD", "GOOGLE_ROLE_BROAD", "IDENTITY_SAMENESS"] as const;

/** What else can be waived. Allows without rules, for one, can't: other checks refuse them too. */
const OTHERS = [
  "ADMIN_FOR_MANY",
  "ANY_TEAM",
  ...ACCESS_FINDINGS,
  "LITERAL_DOT_MATCHES_ANY",
  "LOCKS_OUT_CALLER",
  "MISSING_AUDIENCE",
  "MISSING_SUBJECT",
  "POD_NAME_ONLY",
  "TOKEN_OWNER_UNKNOWN",
  "UNKNOWN_CLAIM",
  "UNVERIFIED_OPERATION",
] as const satisfies (PartyFindingName | ProviderFinding)[];

/** What the resources themselves warn of. */
type ProviderFinding = "LOCKS_OUT_CALLER" | "TOKEN_OWNER_UNKNOWN" | (typeof ACCESS_FINDINGS)[number];

/** A finding that can be waived. */
export type WaivableFinding = SubjectFindingName | (typeof OTHERS)[number];

export const WAIVABLE_FINDINGS: readonly WaivableFinding[] = [
  ...OTHERS,
  ...SUBJECT_CHECKS.flatMap(({ names }): readonly WaivableFinding[] => names),
].sort();

/** A finding that is known and meant, and why. */
export interface Waiver {
  name: WaivableFinding;
  reason: string;
}

/**
 * Refuses a waiver for something that is not a finding, or without a reason.
 *
 * @throws OidcRunnerError `WAIVER_INVALID`
 */
export function checkWaivers(waivers: readonly Waiver[]): void {
  waivers.forEach(({ name, reason }, index) => {
    if (!WAIVABLE_FINDINGS.includes(name)) {
      throw new OidcRunnerError("WAIVER_INVALID", `"${String(name)}" is not a finding that can be waived`, {
        where: `waive[${index}].name`,
        fix: `use one of ${WAIVABLE_FINDINGS.join(", ")}`,
      });
    }
    if (typeof reason !== "string" || reason.trim() === "") {
      throw new OidcRunnerError("WAIVER_INVALID", `the waiver for ${name} has no reason`, {
        where: `waive[${index}].reason`,
        fix: "give the reason",
      });
    }
  });
}
