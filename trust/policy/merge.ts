import { OidcRunnerError } from "../errors";
import type { PolicyDefinition } from "./model";
import { includesDefinition, sameDefinition } from "./same";
import { shadows } from "./shadows";
import { hasEmptyRule, isDefaultDeny, isLeftBehind } from "./standing-deny";

/** A change of one owner's definitions inside an issuer's one list. */
export interface DefinitionChange {
  remove: readonly PolicyDefinition[];
  add: readonly PolicyDefinition[];
  /** Whether a definition that is already there becomes ours instead of being refused. */
  adopt: boolean;
}

/**
 * The list after a change. Others' entries keep their values and order, but for a deny that only stood in for an empty list
 * and what the service does not take back (`givesWay`). Ours take, in the order given, the places that ours had, and the end
 * of the list when there are more; so a change of order moves no other's, and what stays as it is keeps the values that the
 * service gave it. The list may become empty: see `neverEmpty`.
 *
 * @throws OidcRunnerError `POLICY_NOT_UNIQUE`, `DENY_SHADOWS`; then nothing may be written.
 */
export function mergeDefinitions(current: readonly PolicyDefinition[], change: DefinitionChange): PolicyDefinition[] {
  const places = placesOf(current, change.remove);
  const others = current.filter((_, index) => !places.has(index));
  const additions = additionsOf(change, others).map((definition) => asItWas(definition, current, places));
  if (places.size + additions.length === 0) {
    return [...current];
  }
  const adds = change.add.length > 0;
  const filled = current.flatMap((entry, index) => {
    if (places.has(index)) {
      return additions.splice(0, 1);
    }
    return givesWay(entry, others.length === 1, adds) ? [] : [entry];
  });
  const next = [...filled, ...additions];
  refuseShadowed(next, change.add);
  return next;
}

/** Whether an entry of others is left out of the list that is sent. */
function givesWay(entry: PolicyDefinition, isLone: boolean, adds: boolean): boolean {
  return hasEmptyRule(entry) || (isLone && isDefaultDeny(entry)) || (adds && isLeftBehind(entry));
}

/** Where these definitions stand in the list: one place for each that is there. */
function placesOf(current: readonly PolicyDefinition[], definitions: readonly PolicyDefinition[]): Set<number> {
  const places = new Set<number>();
  for (const definition of definitions) {
    const place = current.findIndex((entry, index) => !places.has(index) && sameDefinition(entry, definition));
    if (place >= 0) {
      places.add(place);
    }
  }
  return places;
}

/** What is to be put into the list: all that is not there already and taken over where it stands. */
function additionsOf(
  { add, remove, adopt }: DefinitionChange,
  others: readonly PolicyDefinition[],
): PolicyDefinition[] {
  const additions: PolicyDefinition[] = [];
  for (const definition of add) {
    // What we had is ours, even if another has written the same since.
    const isOurs = includesDefinition(remove, definition);
    const isThere = includesDefinition(additions, definition) || (!isOurs && includesDefinition(others, definition));
    if (!isThere) {
      additions.push(definition);
    } else if (!adopt) {
      throw new OidcRunnerError("POLICY_NOT_UNIQUE", "the issuer's policy already has this definition", {
        where: JSON.stringify(definition.rules),
        fix:
          "if an interrupted update of this stack wrote it, set adoptPolicies: true for one update (adopt: true on an OidcPolicy); " +
          `else remove the other one, or make the rules differ${sharedText(definition)}`,
      });
    }
  }
  return additions;
}

/** The way for runners that have one ServiceAccount, each of which has this definition. */
function sharedText({ rules }: PolicyDefinition): string {
  return String(rules?.sub).startsWith("system:serviceaccount:")
    ? "; runners that share a ServiceAccount can rely on one definition, in the policies of their trust (createPolicy: false)"
    : "";
}

/** The entry of ours that says the same, as the service shows it: writing it otherwise would be a change for nothing. */
function asItWas(
  definition: PolicyDefinition,
  current: readonly PolicyDefinition[],
  places: ReadonlySet<number>,
): PolicyDefinition {
  return current.find((entry, index) => places.has(index) && sameDefinition(entry, definition)) ?? definition;
}

function refuseShadowed(list: readonly PolicyDefinition[], added: readonly PolicyDefinition[]): void {
  for (const allow of added.filter((definition) => definition.decision === "allow")) {
    const shadow = list.find((entry) => entry.decision === "deny" && shadows(entry, allow));
    if (shadow !== undefined) {
      throw new OidcRunnerError("DENY_SHADOWS", "a deny in the issuer's policy would refuse what this allows", {
        where: `deny ${JSON.stringify(shadow.rules)}`,
        fix: "remove that deny, or narrow it: a deny always wins",
      });
    }
  }
}
