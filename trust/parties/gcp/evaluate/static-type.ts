import type { Expr } from "./parts";

const NUMBERS = ["int", "uint", "double"];
const EQUATIONS = ["_==_", "_!=_"];
const ORDERS = ["_<_", "_<=_", "_>_", "_>=_"];
const ARITHMETIC = ["_+_", "_-_", "_*_", "_/_", "_%_"];
/** What operators take whose other operand may be of any type (google/cel-spec, doc/langdef.md, "List of Standard Definitions"). */
const OPERANDS: Record<string, string[]> = {
  "_-_": NUMBERS,
  "_*_": NUMBERS,
  "_/_": NUMBERS,
  "_%_": ["int", "uint"],
};

const OF_CONSTANT: Record<string, string> = {
  boolValue: "bool",
  bytesValue: "bytes",
  doubleValue: "double",
  int64Value: "int",
  nullValue: "null",
  stringValue: "string",
  uint64Value: "uint",
};
const OF_CALL = new Map<string, string>([
  ...[...EQUATIONS, ...ORDERS, "@in", "!_", "_&&_", "_||_"].map((name) => [name, "bool"] as const),
  ...["contains", "endsWith", "matches", "startsWith"].map((name) => [name, "bool"] as const),
  ...["extract", "join", "lowerAscii", "replace", "string", "upperAscii"].map((name) => [name, "string"] as const),
  ["size", "int"],
  ["int", "int"],
  ["double", "double"],
  ["split", "list"],
]);

/**
 * The type an expression has whatever the token holds, as far as it shows; undefined for what is known only at the exchange,
 * such as a claim. Google checks types when a provider is written, the library only when it evaluates.
 */
function staticType({ exprKind }: Expr): string | undefined {
  switch (exprKind.case) {
    case "constExpr":
      return OF_CONSTANT[exprKind.value.constantKind.case ?? ""];
    case "listExpr":
      return "list";
    case "structExpr":
      return "map";
    case "selectExpr":
      return exprKind.value.testOnly ? "bool" : undefined;
    case "callExpr": {
      const { function: name, args } = exprKind.value;
      const types = (name === "_?_:_" ? args.slice(1) : args).map(staticType);
      if (ARITHMETIC.includes(name) || name === "-_") {
        return types.find((type) => type !== undefined);
      }
      return name === "_?_:_" && types[0] === types[1] ? types[0] : OF_CALL.get(name);
    }
    default:
      return undefined;
  }
}

/** Why an operator can't stand between what it stands between, as far as the types show; numbers alone are compared across. */
export function typeClash(operator: string, operands: readonly Expr[]): string | undefined {
  const [left, right] = operands.map(staticType);
  const stranger = [left, right].find((type) => type !== undefined && OPERANDS[operator]?.includes(type) === false);
  if (stranger !== undefined) {
    return `${operator.replaceAll("_", "")} takes no ${stranger}`;
  }
  const known = [...EQUATIONS, ...ORDERS, ...ARITHMETIC].includes(operator);
  if (!known || left === undefined || right === undefined || left === right) {
    return undefined;
  }
  const compared = ORDERS.includes(operator) && NUMBERS.includes(left) && NUMBERS.includes(right);
  return compared ? undefined : `${operator.replaceAll("_", "")} takes no ${left} and ${right}`;
}
