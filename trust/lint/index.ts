import { checkBreadth } from "./check-breadth";
import { checkClaims } from "./check-claims";
import { checkMutableNames } from "./check-mutable-names";
import type { Finding } from "./finding";
import type { Subject } from "./rules-view";

/** What can be wrong with what an allow asks of a token, whichever relying party it is written for. */
export const SUBJECT_CHECKS: readonly SubjectCheck[] = [checkBreadth, checkMutableNames, checkClaims];

type SubjectCheck = (subject: Subject) => Finding[];

/** Runs them all; the linter of every relying party does for each of its allows. */
export function checkSubject(subject: Subject, without: readonly SubjectCheck[] = []): Finding[] {
  return SUBJECT_CHECKS.filter((check) => !without.includes(check)).flatMap((check) => check(subject));
}

export { type Comparison, checkConflicts, checkLiterals, missingSubject, subjectOf } from "./comparisons";
export { checkIssuer, distinct } from "./document";
export { admitsByDot, placeOfDot } from "./dots";
export type { Finding } from "./finding";
export {
  hasRuleOn,
  isPinned,
  type PolicySubject,
  type Rule,
  readSubject,
  rulesOn,
  type Subject,
  saysNothing,
  shapeOf,
  step,
} from "./rules-view";
export { checkWaivers, type WaivableFinding, type Waiver } from "./waivers";
export { checkBreadth };
