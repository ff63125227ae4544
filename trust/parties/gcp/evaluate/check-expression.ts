import { OidcRunnerError } from "../../../errors";
import { FUNCTIONS, METHODS, OPERATORS } from "./functions";
import { constantText, type Expr, type Parsed, partsOf } from "./parts";

/** Deepest nesting, that of the reference implementation. */
const DEEPEST = 250;

/** What an expression may refer to: each variable, and its keys where they are known. */
export type Variables = Record<string, readonly string[] | undefined>;

/**
 * Refuses what an expression holds besides the CEL that Google documents for mappings and conditions: other functions and
 * variables, attributes that are not mapped ("You must have an attribute mapping for all attribute condition fields"),
 * messages, and numbers no type has. Types are not checked: what does not fit has no value when it is evaluated.
 *
 * @throws OidcRunnerError `GCP_EXPRESSION_INVALID`
 */
export function checkExpression(parsed: Parsed, text: string, field: string, variables: Variables): void {
  const check = (expr: Expr, inner: readonly string[], depth: number): void => {
    const refuse = (what: string, fix: string): never => {
      throw invalidAt(field, text, parsed.sourceInfo?.positions[String(expr.id)] ?? 0, what, fix);
    };
    if (depth > DEEPEST) {
      refuse(`it is nested more than ${DEEPEST} deep`, "split it, or use a list and `in`");
    }
    const { exprKind } = expr;
    // First the parts: what is wrong within is why the whole is.
    const turns = exprKind.case === "comprehensionExpr" ? exprKind.value : undefined;
    for (const part of partsOf(expr)) {
      const outside = turns === undefined || part === turns.iterRange || part === turns.accuInit;
      check(part, outside ? inner : [...inner, turns.iterVar, turns.accuVar], depth + 1);
    }
    const checkKey = (operand: Expr | undefined, key: string) => {
      const root = operand?.exprKind.case === "identExpr" ? operand.exprKind.value.name : undefined;
      const keys = root === undefined || inner.includes(root) ? undefined : variables[root];
      if (keys !== undefined && !keys.includes(key)) {
        refuse(`${root}.${key} is not mapped`, `map it in attributeMapping, or ask assertion instead`);
      }
    };
    switch (exprKind.case) {
      case "identExpr":
        if (!inner.includes(exprKind.value.name) && !Object.hasOwn(variables, exprKind.value.name)) {
          refuse(`${exprKind.value.name} is unknown here`, `use ${Object.keys(variables).join(", ")}; quote texts`);
        }
        break;
      case "constExpr": {
        const { case: kind, value } = exprKind.value.constantKind;
        const fits = kind !== "int64Value" || value === BigInt.asIntN(64, value);
        if (!fits || (kind === "uint64Value" && value !== BigInt.asUintN(64, value))) {
          refuse("a number has more than 64 bits", "make it smaller");
        }
        break;
      }
      case "selectExpr":
        checkKey(exprKind.value.operand, exprKind.value.field);
        break;
      case "callExpr": {
        const { function: name, target, args } = exprKind.value;
        const arities = (target === undefined ? FUNCTIONS : METHODS).get(name);
        if (!(target === undefined && OPERATORS.includes(name)) && !arities?.includes(args.length)) {
          refuse(`${name}() is not a function Google documents, or not with ${args.length} arguments`, KNOWN);
        }
        const key = name === "_[_]" ? constantText(args[1]) : undefined;
        if (key !== undefined) {
          checkKey(args[0], key);
        }
        break;
      }
      case "structExpr":
        if (exprKind.value.messageName !== "") {
          refuse(`${exprKind.value.messageName} is not a type of attributes`, "use texts, numbers, lists and maps");
        }
        break;
      case undefined:
        refuse("it is incomplete", KNOWN);
    }
  };
  check(parsed.expr, [], 0);
}

const KNOWN = `use ${[...FUNCTIONS.keys(), ...[...METHODS.keys()].map((name) => `.${name}`)].join(", ")}, the macros has, all, exists, exists_one, map and filter, and CEL's operators`;

/** The error for a place in an expression, counted from 1. */
export function invalidAt(field: string, text: string, offset: number, what: string, fix: string): OidcRunnerError {
  const before = text.slice(0, offset).split("\n");
  return new OidcRunnerError("GCP_EXPRESSION_INVALID", `this is not an expression of Google's: ${what}`, {
    where: `${field}, line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`,
    fix,
  });
}
