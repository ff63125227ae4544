import { checkBreadth, checkSubject, type Finding, type Subject } from "../../../lint";
import { namesTenant, pinsTenant } from "./tenant-claims";

/**
 * What can be wrong with the tokens of one way through the provider.
 *
 * @param conditionSays whether the attribute condition alone has to say whose tokens are meant: breadth is then looked at there
 */
export function checkSubjectOf(subject: Subject, conditionSays: boolean): Finding[] {
  const without = conditionSays || !namesTenant(subject) ? [checkBreadth] : [];
  return withoutPinned(checkSubject(subject, without), subject);
}

/** Finds patterns that admit more than they seem to. */
export function checkBreadthOf(subject: Subject): Finding[] {
  return withoutPinned(checkBreadth(subject), subject);
}

/** A subject may be written broadly where another claim names the tenant exactly. */
function withoutPinned(findings: readonly Finding[], subject: Subject): Finding[] {
  return findings.filter(({ name }) => name !== "BROAD_SUBJECT" || !pinsTenant(subject));
}
