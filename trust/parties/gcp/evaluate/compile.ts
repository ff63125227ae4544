import type { CelInput, CelValue } from "@bufbuild/cel";
import { OidcRunnerError } from "../../../errors";
import { celLibrary } from "./cel-library";
import { checkExpression, invalidAt, type Variables } from "./check-expression";
import { ownFunctions } from "./functions";
import { type Expr, type Parsed, partsOf } from "./parts";

type Cel = typeof import("@bufbuild/cel");

/** What came of an expression: a value, or why there is none. */
export type Outcome = { value: CelValue } | { error: string };

/** An expression that was found good. */
export interface Program {
  /** The parts of a conjunction, `a && b`, as far as the outermost goes; the expression alone when it is none. */
  conjuncts: { text: string; expr: Expr }[];
  /** @throws OidcRunnerError `GCP_EXPRESSION_TOO_COSTLY` */
  evaluate: (expr: Expr, variables: Record<string, CelInput>) => Outcome;
  expr: Expr;
}

/**
 * Reads an expression of an attribute mapping or an attribute condition: the CEL that Google documents, which is the CEL
 * language definition, `extract`, and the text functions `split`, `join`, `replace`, `lowerAscii` and `upperAscii`. No
 * clock, no bytes functions, no message types. A macro (`all`, `exists`, `map`, …) within or behind another is read, and not
 * evaluated, because each level multiplies what that costs.
 *
 * `longest`: how many characters Google admits.
 *
 * @throws OidcRunnerError `GCP_EXPRESSION_INVALID` with line and column
 */
export function compile(text: string, field: string, longest: number, variables: Variables): Program {
  if (text.length > longest) {
    throw new OidcRunnerError("GCP_EXPRESSION_INVALID", `it has ${text.length} characters, of ${longest} at most`, {
      where: field,
      fix: "make it shorter, for example with a list and `in`",
    });
  }
  const cel = celLibrary();
  const parsed = parse(cel, text, field);
  checkExpression(parsed, text, field, variables);
  const conjuncts = conjunctsOf(parsed.expr).map((expr) => ({ text: cel.unparse({ ...parsed, expr }), expr }));
  const env = cel.celEnv({ funcs: ownFunctions(cel) });
  const depth = macroDepth(parsed.expr);
  const evaluate = (expr: Expr, values: Record<string, CelInput>): Outcome => {
    if (depth > 1) {
      throw new OidcRunnerError("GCP_EXPRESSION_TOO_COSTLY", "a macro within or behind another is not evaluated", {
        where: field,
        fix: "use one of all, exists, exists_one, map and filter at a time",
      });
    }
    const value = cel.plan(env, expr)(Object.assign(Object.create(null), values));
    return cel.isCelError(value) ? { error: value.message } : { value };
  };
  return { conjuncts, evaluate, expr: parsed.expr };
}

function parse(cel: Cel, text: string, field: string): Parsed {
  try {
    return cel.parse(text);
  } catch (error) {
    if (error instanceof RangeError) {
      throw invalidAt(field, text, 0, "it is nested too deep", "split it, or use a list and `in`");
    }
    const { message, location } = error as Error & { location?: { start: { offset: number } } };
    // The parser's own message begins with the place, in its words.
    const what = message.replace(/^<input>:\d+:\d+: /, "");
    throw invalidAt(field, text, location?.start.offset ?? 0, what, "write it in CEL, as in assertion.sub == 'text'");
  }
}

function macroDepth(expr: Expr): number {
  const own = expr.exprKind.case === "comprehensionExpr" ? 1 : 0;
  return own + Math.max(0, ...partsOf(expr).map(macroDepth));
}

function conjunctsOf(expr: Expr): Expr[] {
  const { exprKind } = expr;
  return exprKind.case === "callExpr" && exprKind.value.function === "_&&_"
    ? exprKind.value.args.flatMap(conjunctsOf)
    : [expr];
}
