import { AUDIENCES, checkAudience } from "./check-audience";
import { BREADTH, checkBreadth } from "./check-breadth";
import { CLAIMS, checkClaims } from "./check-claims";
import { checkMutableNames, MUTABLE_NAMES } from "./check-mutable-names";
import { checkYamlSubject, YAML_SUBJECTS } from "./check-yaml-subject";
import type { FindingOf, PartyFindingName } from "./finding";
import type { Subject } from "./rules-view";

/**
 * What can be wrong with what an allow asks of a token, whichever relying party it is written for: each check with the names of
 * its findings, which can all be waived.
 */
export const SUBJECT_CHECKS = [
  { check: checkBreadth, names: BREADTH },
  { check: checkMutableNames, names: MUTABLE_NAMES },
  { check: checkClaims, names: CLAIMS },
  { check: checkAudience, names: AUDIENCES },
  { check: checkYamlSubject, names: YAML_SUBJECTS },
] as const;

/** A finding of these checks. */
export type SubjectFindingName = (typeof SUBJECT_CHECKS)[number]["names"][number];

/** One thing that is wrong with a trust document. */
export type Finding = FindingOf<PartyFindingName | SubjectFindingName>;

type SubjectCheck = (typeof SUBJECT_CHECKS)[number]["check"];

/** Runs all checks but some; the linter of every relying party does for each of its allows. */
export function checkSubject(subject: Subject, without: readonly SubjectCheck[] = []): Finding[] {
  return SUBJECT_CHECKS.flatMap(({ check }): Finding[] => (without.includes(check) ? [] : check(subject)));
}
