/** A CEL expression as the library reads it, and a part of one. */
export type Parsed = ReturnType<typeof import("@bufbuild/cel")["parse"]>;
export type Expr = Parsed["expr"];

/** The parts an expression is made of. */
export function partsOf({ exprKind }: Expr): Expr[] {
  const parts = (): (Expr | undefined)[] => {
    switch (exprKind.case) {
      case "selectExpr":
        return [exprKind.value.operand];
      case "callExpr":
        return [exprKind.value.target, ...exprKind.value.args];
      case "listExpr":
        return exprKind.value.elements;
      case "structExpr":
        return exprKind.value.entries.flatMap(({ keyKind, value }) => [
          keyKind.case === "mapKey" ? keyKind.value : undefined,
          value,
        ]);
      case "comprehensionExpr": {
        const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
        return [iterRange, accuInit, loopCondition, loopStep, result];
      }
      default:
        return [];
    }
  };
  return parts().filter((part) => part !== undefined);
}

/** The text an expression is, when it is one in quotes. */
export function constantText(expr: Expr | undefined): string | undefined {
  const constant = expr?.exprKind.case === "constExpr" ? expr.exprKind.value.constantKind : undefined;
  return constant?.case === "stringValue" ? constant.value : undefined;
}

/** How many parts an expression has, itself included. */
export function sizeOf(expr: Expr): number {
  return partsOf(expr).reduce((sum, part) => sum + sizeOf(part), 1);
}
