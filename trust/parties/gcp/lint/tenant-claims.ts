import { parseClaimPath } from "../../../claims";
import { KNOWN_ISSUERS } from "../../../issuers";
import { hasRuleOn, isPinned, type Subject } from "../../../lint";

/** Claims besides the subject that say whose token it is: the organization, owner, project or namespace it belongs to. */
const TENANT = KNOWN_ISSUERS.flatMap(({ claims }) =>
  Object.entries(claims).flatMap(([path, { identifies }]) => (identifies === undefined ? [] : [parseClaimPath(path)])),
);

/** Whether rules say whose token it is, even if broadly. */
export function namesTenant(subject: Subject): boolean {
  return [["sub"], ...TENANT].some((keys) => hasRuleOn(subject, ...keys));
}

/** Whether a claim besides the subject says so exactly. */
export function pinsTenant(subject: Subject): boolean {
  return TENANT.some((keys) => isPinned(subject, ...keys));
}
