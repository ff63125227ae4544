import type { KeyValues } from "./context";
import { invalid, type Statement } from "./document";
import { type Operator, operatorOf } from "./operators";

/** One operator and key of a condition that is not met, or can't be told from claims. */
export interface Unmet {
  kind: "false" | "unknown";
  /** Operator, key, what was expected and what the token has. */
  text: string;
}

/**
 * Holds a statement's condition against a request: all operators and all their keys must be met (IAM User Guide,
 * "Conditions with multiple context keys or values"). Returns those that are not, so none when the condition is met.
 *
 * What claims don't tell stays unknown: keys of `aws:` and `sts:`, and values with policy variables, which are not
 * expanded here.
 *
 * @throws OidcRunnerError `AWS_POLICY_INVALID` for an operator IAM doesn't know.
 */
export function unmetConditions(
  { condition, name, hasVariables }: Statement,
  context: { valuesOf: (key: string) => KeyValues },
): Unmet[] {
  return Object.entries(condition).flatMap(([operator, keys]) => {
    const isMet = testOf(operator, name);
    return Object.entries(keys).flatMap(([key, expected]): Unmet[] => {
      const actual = context.valuesOf(key);
      const asked = `${operator} ${key} expected ${expected.join(" or ")}`;
      if (actual === "not-in-claims") {
        return [{ kind: "unknown", text: `${asked}, which the request decides, not the token` }];
      }
      if (hasVariables && expected.some((value) => value.includes("${"))) {
        return [{ kind: "unknown", text: `${asked}, whose policy variables are not expanded` }];
      }
      const got = actual.length === 0 ? "no such key" : actual.join(", ");
      return isMet(expected, actual) ? [] : [{ kind: "false", text: `${asked}, got ${got}` }];
    });
  });
}

type Test = (expected: string[], actual: string[]) => boolean;

function testOf(text: string, where: string): Test {
  const [, set, rest = ""] = /^(?:(ForAnyValue|ForAllValues):)?(.*)$/.exec(text) ?? [];
  if (rest === "Null") {
    // "true" asks that the key is missing, "false" that it is there.
    return (expected, actual) => expected.some((value) => value.toLowerCase() === String(actual.length === 0));
  }
  const ifExists = rest.endsWith("IfExists");
  const operator = operatorOf(ifExists ? rest.slice(0, -"IfExists".length) : rest);
  if (operator === undefined) {
    throw invalid(`${text} is not a condition operator`, where);
  }
  return (expected, actual) =>
    actual.length === 0 ? whenMissing(set, ifExists, operator) : whenPresent(set, operator, expected, actual);
}

/**
 * A missing key meets `IfExists`, `ForAllValues` and what is negated, and nothing else; `ForAnyValue` needs a value even
 * when it is negated (IAM User Guide, "Condition operators" and "Set operators for multivalued context keys").
 */
function whenMissing(set: string | undefined, ifExists: boolean, operator: Operator): boolean {
  if (ifExists || set === "ForAllValues") {
    return true;
  }
  return set === undefined && operator.negated;
}

/**
 * Several values in the policy are alternatives, of which a negated operator admits none. Without a set operator IAM wants
 * a single value in the request; where there are more, one that matches is taken as a match.
 */
function whenPresent(set: string | undefined, operator: Operator, expected: string[], actual: string[]): boolean {
  const matches = (value: string) => expected.some((item) => operator.matches(value, item));
  const meets = (value: string) => matches(value) !== operator.negated;
  if (set === "ForAnyValue") {
    return actual.some(meets);
  }
  return set === "ForAllValues" || operator.negated ? actual.every(meets) : actual.some(meets);
}
