export { checkBreadth } from "./check-breadth";
export { checkGithubNames } from "./check-github-names";
export { checkIssuer } from "./check-issuer";
export { type Comparison, checkConflicts, checkLiterals, missingSubject } from "./comparisons";
export { distinct } from "./distinct";
export { admitsByDot, placeOfDot } from "./dots";
export type { Finding } from "./finding";
export { type IssuerKind, issuerKindOf } from "./issuer-kind";
export { isKnownClaim } from "./known-claims";
export { tenancyClaim } from "./multi-tenant-issuers";
export { namesSubject } from "./names-subject";
export { nearest } from "./nearest";
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
export { subjectOf } from "./subject-of";
export { checkWaivers, type WaivableFinding, type Waiver } from "./waivers";
