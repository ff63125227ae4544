export { checkAudience } from "./check-audience";
export { checkBreadth } from "./check-breadth";
export { checkSubject, type Finding, SUBJECT_CHECKS } from "./checks";
export { type Comparison, checkConflicts, checkLiterals, missingSubject, subjectOf } from "./comparisons";
export { checkIssuer, distinct } from "./document";
export { admitsByDot, placeOfDot } from "./dots";
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
export { ACCESS_FINDINGS, checkWaivers, type WaivableFinding, type Waiver } from "./waivers";
