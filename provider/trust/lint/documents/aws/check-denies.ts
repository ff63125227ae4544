import type { Finding } from "../../finding";
import { isPinned, type Rule, rulesOn, type Subject } from "../../subject";
import type { Condition } from "./conditions";

/** A deny, as it looks to the tokens of one issuer. */
export interface Deny {
  /** Where it stands in the policy's JSON. */
  path: string;
  conditions: readonly Condition[];
  /** Whether it also asks for something of the request. */
  dependsOnRequest: boolean;
}

/** Finds an allow that can't take effect, because a deny applies to whatever it admits. */
export function checkDenies(denies: readonly Deny[], subject: Subject, path: string): Finding[] {
  const deny = denies.find((entry) => !entry.dependsOnRequest && entry.conditions.every(holdsFor(subject)));
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

/** Whether a condition is met by every token that the rules admit. A yes is certain, a no is not. */
function holdsFor(subject: Subject): (condition: Condition) => boolean {
  return ({ operator, set, ifExists, claim, known, values }) => {
    if (claim === undefined || !known) {
      return ifExists || set === "ForAllValues" || (set === undefined && operator?.negated === true);
    }
    const rules = rulesOn(subject, claim);
    if (operator === undefined) {
      return rules.length > 0 && values.every((value) => value.toLowerCase() === "false");
    }
    const matches = (text: string) => values.some((value) => operator.matches(text, value));
    return operator.negated
      ? isPinned(subject, claim) && !rules.some(({ pattern }) => matches(pattern))
      : rules.length > 0 && rules.flatMap(samplesOf).every(matches);
  };
}

/**
 * Texts that stand for all a rule admits: with nothing, and with characters no condition names, in place of wildcards. A
 * pattern that matches them does so by wildcards of its own.
 */
function samplesOf({ pattern, shape }: Rule): string[] {
  const fill = (star: string) =>
    pattern
      .split("")
      .map((character, index) => fillOf(shape[index], star) ?? character)
      .join("");
  return /[*?]/.test(shape) ? [fill(""), fill("\uE000\uE001\uE002")] : [pattern];
}

function fillOf(wildcard: string | undefined, star: string): string | undefined {
  return wildcard === "*" ? star : wildcard === "?" ? "\uE003" : undefined;
}
