import { type Rule, shapeOf, step } from "../../../lint";
import { conditionKeysOf, invalid, type Operator, operatorOf, type Statement } from "../evaluate";
import { WELL_KNOWN_PROVIDERS } from "../identity-providers";

/** One operator with one key of a statement's condition. */
export interface Condition {
  /** Without `ForAnyValue:`, `ForAllValues:` and `IfExists`. */
  base: string;
  set: "ForAnyValue" | "ForAllValues" | undefined;
  ifExists: boolean;
  /** Undefined for `Null`, which compares nothing. */
  operator: Operator | undefined;
  key: string;
  /** The claim the key is; undefined when it is not a key of the issuer's. */
  claim: string | undefined;
  /** Whether STS makes a key of that claim for the issuer's tokens. */
  known: boolean;
  values: string[];
  path: string;
}

/** Claims that are lists; every other key has one value at most. */
const LISTS: unknown[] = ["amr"];
const SETS = ["ForAnyValue", "ForAllValues"] as const;
/** From the tightest to the loosest. */
const RANK = ["StringEquals", "StringEqualsIgnoreCase"];
/** Operators in whose values `*` and `?` are wildcards. */
const WILD = /^(String(Not)?Like|Arn(Not)?(Like|Equals))$/;

/**
 * Reads what a statement asks of the tokens of an issuer (`HOST/PATH`). Keys of `aws:` and `sts:` are left out: they are
 * about the request.
 *
 * @throws OidcRunnerError `AWS_POLICY_INVALID` for an operator IAM doesn't know.
 */
export function readConditions(statement: Statement, path: string, issuer: string): Condition[] {
  const prefix = `${issuer}:`.toLowerCase();
  const keys = conditionKeysOf(issuer);
  return Object.entries(statement.condition).flatMap(([name, expected]) => {
    const set = SETS.find((prefix) => name.startsWith(`${prefix}:`));
    const rest = set === undefined ? name : name.slice(`${set}:`.length);
    const ifExists = rest.endsWith("IfExists");
    const base = ifExists ? rest.slice(0, -"IfExists".length) : rest;
    const operator = operatorOf(base);
    // Null is the one operator that IfExists can't be added to.
    if (operator === undefined && rest !== "Null") {
      throw invalid(`${name} is not a condition operator`, path);
    }
    return Object.entries(expected)
      .filter(([key]) => !isOfRequest(key))
      .map(([key, values]): Condition => {
        const lower = key.toLowerCase();
        const claim = lower.startsWith(prefix) ? lower.slice(prefix.length) : undefined;
        const known = claim !== undefined && (WELL_KNOWN_PROVIDERS.includes(issuer) || keys.includes(claim));
        const shared = { base, set, ifExists, operator, key, claim, known, values };
        return { ...shared, path: `${path}.Condition${step(name)}${step(key)}` };
      });
  });
}

/** Whether a condition key is about the request, not the token. */
export function isOfRequest(key: string): boolean {
  return /^(aws|sts):/i.test(key);
}

/** Whether a claim of a token can have several values. */
export function isList({ claim }: Condition): boolean {
  return LISTS.includes(claim);
}

/** Whether a condition asks for a value of a claim that tokens of the issuer can have. */
export function asksForValue({ known, operator }: Condition): boolean {
  return known && operator !== undefined && !operator.negated;
}

/** The rules that conditions come to: for each claim, those of the tightest operator that says what it must be. */
export function rulesOf(conditions: readonly Condition[]): Rule[] {
  const tightest = new Map<Condition["claim"], Condition>();
  // Being more or less than a number fixes no value.
  for (const condition of conditions.filter((entry) => asksForValue(entry) && !/Less|Greater/.test(entry.base))) {
    const { claim } = condition;
    const other = tightest.get(claim);
    if (other === undefined || rank(condition) < rank(other)) {
      tightest.set(claim, condition);
    }
  }
  return [...tightest.values()].flatMap(({ base, claim, values, path }) =>
    values.map((pattern, index) => ({
      keys: [claim as string],
      pattern,
      shape: valueShape(base, pattern),
      path: values.length > 1 ? `${path}[${index}]` : path,
    })),
  );
}

/** The shape of an operator's value. What is in `${…}` is not a wildcard: a variable, or an escaped character. */
export function valueShape(base: string, value: string): string {
  return shapeOf(value, WILD.test(base) ? "*?" : "").replace(/\$\{[^}]*\}/g, (text) => "x".repeat(text.length));
}

function rank({ base }: Condition): number {
  const index = RANK.indexOf(base);
  return index < 0 ? RANK.length : index;
}
