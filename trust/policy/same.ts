import type { PolicyDefinition } from "./model";

/** Whether two definitions say the same in the fields we know; absent, null and empty are one, and permissions have no order. */
export function sameDefinition(left: PolicyDefinition, right: PolicyDefinition): boolean {
  return left === right || definitionKey(left) === definitionKey(right);
}

/** Whether one of a list says the same as a definition. */
export function includesDefinition(list: readonly PolicyDefinition[], definition: PolicyDefinition): boolean {
  return list.some((entry) => sameDefinition(entry, definition));
}

/** The keys of a list, to look many definitions up in it. */
export function keysOf(list: readonly PolicyDefinition[]): Set<string> {
  return new Set(list.map(definitionKey));
}

/** Keys that were made already: a long list is compared again and again. */
const keys = new WeakMap<PolicyDefinition, string>();

/** A text that is the same for definitions that say the same, and only for those. Made once, so they must not change. */
export function definitionKey(definition: PolicyDefinition): string {
  const key = keys.get(definition) ?? makeKey(definition);
  keys.set(definition, key);
  return key;
}

function makeKey(definition: PolicyDefinition): string {
  return JSON.stringify(comparable(definition), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

/**
 * A definition in the one way of writing that equal ones have in common: the fields that this version knows. The service may
 * add others to what it was sent, as it added `roleID` in 2025 (pulumi/pulumi-pulumiservice#664); if they counted, a definition
 * of ours would be another's as soon as it is stored.
 */
export function comparable(definition: PolicyDefinition): object {
  const { decision, tokenType, teamName, userLogin, runnerID, roleID, authorizedPermissions, rules } = definition;
  const present = Object.entries({ decision, tokenType, teamName, userLogin, runnerID, roleID }).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  return {
    ...Object.fromEntries(present),
    authorizedPermissions: [...(authorizedPermissions ?? [])].sort(),
    rules: rules ?? {},
  };
}
