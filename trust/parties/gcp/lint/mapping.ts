import { compile, constantText, type Expr } from "../evaluate";

/** What a mapped attribute is: the claim at a path, or what an expression makes of claims. */
export type Mapped = string[] | "computed";

/** Longest expression of a mapping, in characters. */
const LONGEST = 2048;

/**
 * Reads an attribute mapping: `google.subject` → `["sub"]` of `assertion.sub`.
 *
 * @throws OidcRunnerError `GCP_EXPRESSION_INVALID`
 */
export function readMapping(mapping: Record<string, string>): Map<string, Mapped> {
  return new Map(
    Object.entries(mapping).map(([attribute, text]): [string, Mapped] => {
      const program = compile(text, `attributeMapping["${attribute}"]`, LONGEST, { assertion: undefined }, () => {});
      const [root, ...keys] = pathOf(program.expr) ?? [];
      return [attribute, root === "assertion" && keys.length > 0 ? keys : "computed"];
    }),
  );
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
