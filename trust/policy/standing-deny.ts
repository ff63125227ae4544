import { hasLiteralPart } from "../pattern";
import type { PolicyDefinition, Rules } from "./model";

/**
 * A rule that every token fulfils, since issuers are registered by https URLs: it marks a deny as one that a removal of ours
 * left, and changes nothing of what it denies. A deny of a user's own never has it, so none is taken for ours: not even one
 * that somebody made of our allow by turning its decision round.
 */
const MARK: Rules = { iss: "https:*" };

/**
 * Whether a deny is the one that a new issuer starts with, when it stands alone: none of its rules has a literal character.
 * The one that was seen has a rule on `sub` of the empty text (limit7412/VRCServiceStatusPanel, infra/README.md); its token
 * type and other rules are not known. It refuses every exchange, and the service refuses to take it back.
 */
export function isDefaultDeny({ decision, rules }: PolicyDefinition): boolean {
  return decision === "deny" && !Object.values(rules ?? {}).some((pattern) => hasLiteralPart(String(pattern)));
}

/** Whether a definition can't be sent back, because the service refuses a rule of the empty text. */
export function hasEmptyRule({ rules }: PolicyDefinition): boolean {
  return Object.values(rules ?? {}).includes("");
}

/** Whether a definition is what `denyInstead` made of one that went. */
export function isLeftBehind({ decision, rules }: PolicyDefinition): boolean {
  return decision === "deny" && rules?.iss === MARK.iss;
}

/**
 * What takes the place of a list's last definition when it goes, because the service refuses an empty list ("policy definition
 * can not be empty", its OpenAPI document): a deny of the same subject. Denies of this form were seen accepted (pulumi/
 * pulumi-pulumiservice, examples/yaml-oidc-issuer), and rules on other claims than `aud` and `sub` too. Nothing is allowed
 * beside it, so everything is refused.
 */
function denyInstead({ tokenType, teamName, userLogin, runnerID, rules }: PolicyDefinition): PolicyDefinition {
  return {
    ...{ decision: "deny", tokenType },
    ...(teamName && { teamName }),
    ...(userLogin && { userLogin }),
    ...(runnerID && { runnerID }),
    authorizedPermissions: [],
    rules: { ...rules, ...MARK },
  };
}

/**
 * The list to send, which must not be empty: where nothing is to remain of `before`, its last allow (without one, its last
 * deny) becomes a deny. What already denies everything stays as it is.
 */
export function neverEmpty(next: PolicyDefinition[], before: readonly PolicyDefinition[]): PolicyDefinition[] {
  if (next.length > 0) {
    return next;
  }
  const going = before.filter((definition) => !isDefaultDeny(definition) && !isLeftBehind(definition));
  const last = going.filter(({ decision }) => decision === "allow").at(-1) ?? going.at(-1);
  return last === undefined ? [...before] : [denyInstead(last)];
}
