import { checkBreadth } from "../../../lint/check-breadth";
import type { Finding } from "../../../lint/finding";
import type { Subject } from "../../../lint/rules-view";
import { pinsTenant } from "./tenant-claims";

/**
 * Finds patterns that admit more than they seem to. A subject may be written broadly where another claim names the tenant letter
 * by letter.
 */
export function checkBreadthOf(subject: Subject): Finding[] {
  return checkBreadth(subject).filter(({ name }) => name !== "BROAD_SUBJECT" || !pinsTenant(subject));
}
