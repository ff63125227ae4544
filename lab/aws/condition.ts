import { isRecord } from "../../plugin/server";
import { malformed } from "./errors";

const comparisons = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];
const OPERATORS = new Set([
  ...["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"].map((end) => `String${end}`),
  ...comparisons.flatMap((end) => [`Numeric${end}`, `Date${end}`]),
  "ArnEquals",
  "ArnLike",
  "ArnNotEquals",
  "ArnNotLike",
  "Bool",
  "BinaryEquals",
  "IpAddress",
  "NotIpAddress",
]);

/** Checks the `Condition` element of a statement: known operators, and values that IAM can compare. */
export function checkCondition(condition: unknown): void {
  if (!isRecord(condition)) {
    throw malformed("Syntax errors in policy.");
  }
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isOperator(operator)) {
      throw malformed(`Invalid Condition type : ${operator}`);
    }
    if (!isRecord(keys) || Object.keys(keys).length === 0) {
      throw malformed("Syntax errors in policy.");
    }
    for (const [key, value] of Object.entries(keys)) {
      if (!/^[^\s:]+:\S+$/.test(key)) {
        throw malformed(`Condition key is invalid : ${key}`);
      }
      const values = Array.isArray(value) ? value : [value];
      if (!values.every((item) => ["string", "number", "boolean"].includes(typeof item))) {
        throw malformed("Syntax errors in policy.");
      }
    }
  }
}

function isOperator(operator: string): boolean {
  const name = operator.replace(/^(ForAllValues|ForAnyValue):/, "");
  // Null asks whether a key is there, so it has no IfExists.
  return name === "Null" || OPERATORS.has(name.replace(/IfExists$/, ""));
}
