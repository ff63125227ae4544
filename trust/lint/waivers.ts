import { OidcRunnerError } from "../errors";
import type { FindingName } from "./finding";

/** A finding that can be waived. */
export type WaivableFinding =
  | "ADMIN_FOR_MANY"
  | "ANY_TEAM"
  | "BROAD_SUBJECT"
  | "DOT_ADMITS_OTHERS"
  | "GOOGLE_ROLE_BROAD"
  | "IDENTITY_SAMENESS"
  | "LITERAL_DOT_MATCHES_ANY"
  | "LOCKS_OUT_CALLER"
  | "MISSING_AUDIENCE"
  | "MISSING_SUBJECT"
  | "MUTABLE_GITHUB_NAME"
  | "POD_NAME_ONLY"
  | "UNKNOWN_CLAIM"
  | "UNTRUSTED_CLAIM"
  | "UNVERIFIED_OPERATION"
  | "WILDCARD_ACROSS_DELIMITER"
  | "WILDCARD_WITHOUT_DELIMITER";

/** What is not among them is refused by other checks too, whatever is waived: allows without rules, for one. */
export const WAIVABLE_FINDINGS: readonly WaivableFinding[] = [
  "ADMIN_FOR_MANY",
  "ANY_TEAM",
  "BROAD_SUBJECT",
  "DOT_ADMITS_OTHERS",
  "GOOGLE_ROLE_BROAD",
  "IDENTITY_SAMENESS",
  "LITERAL_DOT_MATCHES_ANY",
  "LOCKS_OUT_CALLER",
  "MISSING_AUDIENCE",
  "MISSING_SUBJECT",
  "MUTABLE_GITHUB_NAME",
  "POD_NAME_ONLY",
  "UNKNOWN_CLAIM",
  "UNTRUSTED_CLAIM",
  "UNVERIFIED_OPERATION",
  "WILDCARD_ACROSS_DELIMITER",
  "WILDCARD_WITHOUT_DELIMITER",
] satisfies (FindingName | ProviderFinding)[];

/** What the resources themselves warn of. */
type ProviderFinding = "LOCKS_OUT_CALLER" | "GOOGLE_ROLE_BROAD" | "IDENTITY_SAMENESS";

/** A finding that is known and meant, and why. */
export interface Waiver {
  name: WaivableFinding;
  reason: string;
}

/**
 * Refuses a waiver for something that is no finding, or without a reason: nobody could tell later why.
 *
 * @throws OidcRunnerError `WAIVER_INVALID`
 */
export function checkWaivers(waivers: readonly Waiver[]): void {
  waivers.forEach(({ name, reason }, index) => {
    if (!WAIVABLE_FINDINGS.includes(name)) {
      throw new OidcRunnerError("WAIVER_INVALID", `"${String(name)}" is no finding that can be waived`, {
        where: `waive[${index}].name`,
        fix: `use one of ${WAIVABLE_FINDINGS.join(", ")}`,
      });
    }
    if (typeof reason !== "string" || reason.trim() === "") {
      throw new OidcRunnerError("WAIVER_INVALID", `nothing says why ${name} is waived`, {
        where: `waive[${index}].reason`,
        fix: "give the reason, for whoever reads it next",
      });
    }
  });
}
