import { isDeepStrictEqual } from "node:util";
import type { PolicyDefinition } from "./policy";

/** Whether two definitions say the same; absent, null and empty are one, and permissions have no order. */
export function sameDefinition(left: PolicyDefinition, right: PolicyDefinition): boolean {
  return isDeepStrictEqual(comparable(left), comparable(right));
}

/** Whether they say the same but for their rules. */
export function sameTarget(left: PolicyDefinition, right: PolicyDefinition): boolean {
  return sameDefinition({ ...left, rules: {} }, { ...right, rules: {} });
}

function comparable(definition: PolicyDefinition): object {
  const present = Object.entries(definition).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  return {
    ...Object.fromEntries(present),
    authorizedPermissions: [...(definition.authorizedPermissions ?? [])].sort(),
    rules: definition.rules ?? {},
  };
}
