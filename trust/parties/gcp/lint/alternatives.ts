import type { Comparison } from "../../../lint";
import { constantText, type Expr, partsOf } from "../evaluate";
import { globOf } from "./regex-glob";

/** One way for a token to fulfil a condition: all of these hold. */
export interface Alternative {
  comparisons: Comparison[];
  /** Claims that are only said not to be something. */
  negated: string[];
  /** Whether more is asked, which is not read here. It can only narrow what the rest admits. */
  unread: boolean;
}

/** How an expression's paths become claims: undefined for what is none, such as an attribute that is computed. */
export type ClaimOf = (expr: Expr) => string[] | undefined;

/** Most alternatives that are looked at one by one. */
const MOST = 64;
const PATH = "attributeCondition";
const NOTHING: Alternative = { comparisons: [], negated: [], unread: false };
const UNREAD: Alternative = { ...NOTHING, unread: true };

/** The ways to fulfil a condition; none when nothing can. What isn't read here counts as a part that may admit anything. */
export function alternativesOf(expr: Expr, claimOf: ClaimOf): Alternative[] {
  const { exprKind } = expr;
  if (exprKind.case === "constExpr") {
    const { case: kind, value } = exprKind.value.constantKind;
    return kind === "boolValue" ? (value ? [NOTHING] : []) : [UNREAD];
  }
  if (exprKind.case === "selectExpr" && exprKind.value.testOnly) {
    return [NOTHING];
  }
  if (exprKind.case !== "callExpr") {
    return [UNREAD];
  }
  const { function: name, target, args } = exprKind.value;
  switch (name) {
    case "_&&_":
      return bounded(args.map((arg) => alternativesOf(arg, claimOf)).reduce(both, [NOTHING]));
    case "_||_":
      return bounded(args.flatMap((arg) => alternativesOf(arg, claimOf)));
    case "_!=_":
    case "!_":
      return [{ ...NOTHING, negated: args.flatMap((arg) => claimsIn(arg, claimOf)) }];
    default: {
      const comparison = comparisonOf(name, target ? [target, ...args] : args, claimOf);
      return [comparison === undefined ? UNREAD : { ...NOTHING, comparisons: [comparison] }];
    }
  }
}

/** All pairs; once there are too many, they are not read one by one. */
function both(left: Alternative[], right: Alternative[]): Alternative[] {
  return bounded(
    left.flatMap((one) =>
      right.map((other) => ({
        comparisons: [...one.comparisons, ...other.comparisons],
        negated: [...one.negated, ...other.negated],
        unread: one.unread || other.unread,
      })),
    ),
  );
}

function bounded(alternatives: Alternative[]): Alternative[] {
  return alternatives.length > MOST ? [UNREAD] : alternatives;
}

function comparisonOf(name: string, operands: readonly Expr[], claimOf: ClaimOf): Comparison | undefined {
  const [left, right] = operands;
  if (left === undefined || right === undefined || operands.length !== 2) {
    return undefined;
  }
  const keys = claimOf(left);
  const text = constantText(right);
  if (name === "_==_") {
    const [claim, value] = keys === undefined ? [claimOf(right), constantOf(left)] : [keys, constantOf(right)];
    return claim && value !== undefined ? { keys: claim, exact: true, values: [value], path: PATH } : undefined;
  }
  if (name === "@in") {
    const list = right.exprKind.case === "listExpr" ? right.exprKind.value.elements.map(constantOf) : [];
    const values = list.filter((value) => value !== undefined);
    if (keys !== undefined && values.length > 0 && values.length === list.length) {
      return { keys, exact: true, values, path: PATH };
    }
    const element = constantOf(left);
    const claim = claimOf(right);
    return claim && element !== undefined
      ? { keys: claim, exact: true, values: [element], among: true, path: PATH }
      : undefined;
  }
  const glob = text === undefined ? undefined : globFor(name, text);
  return keys && glob !== undefined ? { keys, exact: false, values: [glob], path: PATH } : undefined;
}

function globFor(name: string, text: string): string | undefined {
  if (name === "matches") {
    return globOf(text);
  }
  if (/[*?]/.test(text)) {
    return undefined;
  }
  return { startsWith: `${text}*`, endsWith: `*${text}`, contains: `*${text}*` }[name];
}

function constantOf(expr: Expr): string | undefined {
  if (expr.exprKind.case !== "constExpr") {
    return undefined;
  }
  const { case: kind, value } = expr.exprKind.value.constantKind;
  return kind === "stringValue" || kind === "int64Value" || kind === "boolValue" ? String(value) : undefined;
}

function claimsIn(expr: Expr, claimOf: ClaimOf): string[] {
  const claim = claimOf(expr);
  return claim === undefined ? partsOf(expr).flatMap((part) => claimsIn(part, claimOf)) : [claim.join(".")];
}
