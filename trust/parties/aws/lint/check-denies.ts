import type { Finding } from "../../../lint";
import { asksForValue, type Condition, isList } from "./conditions";
import { coversAll, coversNone } from "./covers";

/** A deny, as it looks to the tokens of one issuer. */
export interface Deny {
  /** Where it stands in the policy's JSON. */
  path: string;
  conditions: readonly Condition[];
  /** Whether it also asks for something of the request. */
  dependsOnRequest: boolean;
}

/** Finds an allow that can't take effect, because a deny applies to whatever it admits. */
export function checkDenies(denies: readonly Deny[], allowed: readonly Condition[], path: string): Finding[] {
  const admitted = allowed.filter((condition) => asksForValue(condition) && needsClaim(condition));
  const deny = denies.find((entry) => !entry.dependsOnRequest && entry.conditions.every(holdsFor(admitted)));
  if (deny === undefined) {
    return [];
  }
  return [
    {
      name: "DENY_SHADOWS_ALLOW",
      severity: "error",
      path,
      message: `${deny.path} denies all that this allows, and a deny always wins`,
      fix: `remove ${deny.path}, or add conditions to it`,
    },
  ];
}

/** Whether a condition is met by every token that meets the others. A yes is certain, a no is not. */
function holdsFor(admitted: readonly Condition[]): (condition: Condition) => boolean {
  return (condition) => {
    const { base, operator, set, ifExists, claim, known, values } = condition;
    const others = admitted.filter((other) => other.claim === claim);
    if (operator === undefined) {
      // A claim that is not a key is always absent, and one that others ask for never is.
      const answer = known ? others.length > 0 && "false" : "true";
      return values.some((value) => value.toLowerCase() === answer);
    }
    if (!known) {
      return ifExists || set === "ForAllValues" || (set === undefined && operator.negated);
    }
    // Of several values, those that nothing is known of count too.
    if (isList(condition) && (operator.negated || set === "ForAllValues")) {
      return false;
    }
    return others.some((other) => (operator.negated ? coversNone : coversAll)({ base, operator, values }, other));
  };
}

/** Whether a token without the claim fails a condition. */
function needsClaim({ ifExists, set }: Condition): boolean {
  return !ifExists && set !== "ForAllValues";
}
