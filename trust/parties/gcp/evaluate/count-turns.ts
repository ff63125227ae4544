import { TURN } from "./budget";
import { type Expr, partsOf, sizeOf } from "./parts";

/** Makes each turn of each macro in an expression call {@link TURN} first, with what the turn costs. */
export function countTurns(expr: Expr): void {
  for (const part of partsOf(expr)) {
    countTurns(part);
  }
  const { exprKind } = expr;
  if (exprKind.case === "comprehensionExpr") {
    const { loopCondition, loopStep } = exprKind.value;
    if (loopCondition !== undefined && loopStep !== undefined) {
      const weight = constant(BigInt(1 + sizeOf(loopCondition) + sizeOf(loopStep)));
      exprKind.value.loopCondition = call("_&&_", [call(TURN, [weight]), loopCondition]);
    }
  }
}

function call(name: string, args: Expr[]): Expr {
  const value = { $typeName: "cel.expr.Expr.Call" as const, function: name, args };
  return { $typeName: "cel.expr.Expr", id: 0n, exprKind: { case: "callExpr", value } };
}

function constant(value: bigint): Expr {
  const constantKind = { case: "int64Value" as const, value };
  return {
    $typeName: "cel.expr.Expr",
    id: 0n,
    exprKind: { case: "constExpr", value: { $typeName: "cel.expr.Constant", constantKind } },
  };
}
