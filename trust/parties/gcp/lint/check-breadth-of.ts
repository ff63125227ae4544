import { checkBreadth, type Finding, type Subject } from "../../../lint";
import { pinsTenant } from "./tenant-claims";

/**
 * Finds patterns that admit more than they seem to. A subject may be written broadly where another claim names the tenant letter
 * by letter.
 */
export function checkBreadthOf(subject: Subject): Finding[] {
  return checkBreadth(subject).filter(({ name }) => name !== "BROAD_SUBJECT" || !pinsTenant(subject));
}
