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

/** The path an expression is, from its variable through keys that are written down: `assertion.a["b"]`. */
export function pathOf({ exprKind }: Expr): string[] | undefined {
  const further = (operand: Expr | undefined, key: string | undefined) => {
    const path = operand && key !== undefined ? pathOf(operand) : undefined;
    return path && [...path, key as string];
  };
  switch (exprKind.case) {
    case "identExpr":
      return [exprKind.value.name];
    case "selectExpr":
      return exprKind.value.testOnly ? undefined : further(exprKind.value.operand, exprKind.value.field);
    case "callExpr":
      return exprKind.value.function === "_[_]"
        ? further(exprKind.value.args[0], constantText(exprKind.value.args[1]))
        : undefined;
    default:
      return undefined;
  }
}
