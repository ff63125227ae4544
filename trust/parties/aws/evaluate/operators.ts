import { matchesGlob } from "../../../pattern";

/** Compares one value of the request with one of the policy. */
type Comparison = (actual: string, expected: string) => boolean;

/** A condition operator without its affixes. */
export interface Operator {
  matches: Comparison;
  /** Met when no value of the policy matches, and when the key is missing. */
  negated: boolean;
}

const ignoreCase: Comparison = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();
const like: Comparison = (actual, expected) => matchesGlob(expected, actual);

const POSITIVE: Record<string, Comparison> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: ignoreCase,
  StringLike: like,
  // Both take wildcards.
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: ignoreCase,
  NumericEquals: numeric((actual, expected) => actual === expected),
  NumericLessThan: numeric((actual, expected) => actual < expected),
  NumericLessThanEquals: numeric((actual, expected) => actual <= expected),
  NumericGreaterThan: numeric((actual, expected) => actual > expected),
  NumericGreaterThanEquals: numeric((actual, expected) => actual >= expected),
};
const NEGATED: Record<string, string> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
};

/** Operators on dates, addresses and bytes, which match no claim: none that STS makes available is one. */
const NEVER = [
  ...["DateEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"],
  ...["BinaryEquals", "IpAddress"],
];
const NEVER_NEGATED = ["DateNotEquals", "NotIpAddress"];

/**
 * An operator of IAM (IAM User Guide, "Condition operators") by its name without `ForAnyValue:`, `ForAllValues:` and
 * `IfExists`; undefined for a name IAM doesn't know.
 */
export function operatorOf(name: string): Operator | undefined {
  if (NEVER.includes(name) || NEVER_NEGATED.includes(name)) {
    return { matches: () => false, negated: NEVER_NEGATED.includes(name) };
  }
  const negated = Object.hasOwn(NEGATED, name);
  const positive = negated ? (NEGATED[name] as string) : name;
  return Object.hasOwn(POSITIVE, positive) ? { matches: POSITIVE[positive] as Comparison, negated } : undefined;
}

/** An ARN has six parts, and a wildcard of one does not reach into the next; other text is compared in the same way. */
function matchesArn(actual: string, expected: string): boolean {
  const [values, patterns] = [arnParts(actual), arnParts(expected)];
  return values.length === patterns.length && patterns.every((part, index) => matchesGlob(part, values[index] ?? ""));
}

function arnParts(text: string): string[] {
  const parts = text.split(":");
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(":")] : [])];
}

/** A value that is not a number equals none and is neither less nor greater. */
function numeric(compare: (actual: number, expected: number) => boolean): Comparison {
  const numberOf = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));
  return (actual, expected) => compare(numberOf(actual), numberOf(expected));
}
