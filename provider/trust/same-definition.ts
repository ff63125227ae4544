import { isDeepStrictEqual } from "node:util";
import type { PolicyDefinition } from "./policy";

/** Whether two definitions say the same; absent, null and empty are one, and permissions have no order. */
export function sameDefinition(left: PolicyDefinition, right: PolicyDefinition): boolean {
  return isDeepStrictEqual(comparable(left), comparable(right));
}

/** Whether one of a list says the same as a definition. */
export function includesDefinition(list: readonly PolicyDefinition[], definition: PolicyDefinition): boolean {
  return list.some((entry) => sameDefinition(entry, definition));
}

/** A text that is the same for definitions that say the same, and only for those. */
export function definitionKey(definition: PolicyDefinition): string {
  return JSON.stringify(comparable(definition), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

/** A definition in the one way of writing that equal ones have in common. */
export function comparable(definition: PolicyDefinition): object {
  const present = Object.entries(definition).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  return {
    ...Object.fromEntries(present),
    authorizedPermissions: [...(definition.authorizedPermissions ?? [])].sort(),
    rules: definition.rules ?? {},
  };
}
