import { lint } from "./lint/lint";
import type { PolicyDefinition } from "./policy";
import { definitionKey, sameDefinition, sameTarget } from "./same-definition";
import { coversRules } from "./shadows";

/** Definitions that one could stand for. */
export interface MergeSuggestion {
  /** The definitions it stands for, two or more. */
  merged: PolicyDefinition[];
  /** What stands for them: one of them, when it covers the others already. */
  by: PolicyDefinition;
  /** The rule that is made wider; undefined when one covers the others already. */
  path: string | undefined;
  /** Names of what the linter would say of it, without errors: those are not suggested. */
  findings: string[];
}

/** Ends of the parts that values are made of. */
const DELIMITERS = /([:/])/;

/**
 * Finds definitions of an issuer's full list that could be merged: those that another one covers already, and groups that
 * differ in one part of one rule's value, with a wildcard there. The largest first. What the linter would refuse is no
 * suggestion.
 */
export function suggestMerges(definitions: readonly PolicyDefinition[]): MergeSuggestion[] {
  return [...covered(definitions), ...differingInOnePart(definitions)].sort(
    (left, right) => right.merged.length - left.merged.length,
  );
}

function covered(definitions: readonly PolicyDefinition[]): MergeSuggestion[] {
  return definitions.flatMap((by, index) => {
    const others = definitions.filter(
      (other, place) =>
        sameTarget(other, by) &&
        coversRules(by.rules, other.rules) &&
        // Of two equal ones, the first stands for both.
        (place > index || !sameDefinition(other, by)),
    );
    return others.length === 0 ? [] : [{ merged: [by, ...others], by, path: undefined, findings: [] }];
  });
}

function differingInOnePart(definitions: readonly PolicyDefinition[]): MergeSuggestion[] {
  const groups = new Map<string, { path: string; by: PolicyDefinition; merged: PolicyDefinition[] }>();
  for (const definition of definitions) {
    for (const [path, value] of Object.entries(definition.rules ?? {})) {
      for (const pattern of widened(String(value))) {
        const by = { ...definition, rules: { ...definition.rules, [path]: pattern } };
        const key = JSON.stringify([path, definitionKey(by)]);
        const group = groups.get(key) ?? { path, by, merged: [] };
        groups.set(key, { ...group, merged: [...group.merged, definition] });
      }
    }
  }
  return [...groups.values()]
    .filter(({ merged }) => merged.some((one) => !sameDefinition(one, merged[0] ?? one)))
    .map((group) => ({ ...group, findings: lint([group.by]) }))
    .filter(({ findings }) => findings.every(({ severity }) => severity !== "error"))
    .map((group) => ({ ...group, findings: [...new Set(group.findings.map(({ name }) => name))] }));
}

/** The value with a wildcard in the place of each of its parts in turn. */
function widened(value: string): string[] {
  const parts = value.split(DELIMITERS);
  return parts.flatMap((part, index) =>
    index % 2 === 1 || part === "" ? [] : [[...parts.slice(0, index), "*", ...parts.slice(index + 1)].join("")],
  );
}
