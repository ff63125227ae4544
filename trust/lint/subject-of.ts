import type { Comparison } from "./comparisons";
import type { IssuerKind } from "./issuer-kind";
import { type Subject, shapeOf } from "./rules-view";

/**
 * Comparisons that must all hold, as the checks see them: to these, rules on one claim are alternatives, so the tightest of
 * a claim's comparisons stands for all. Wildcards are `*` and `?`.
 */
export function subjectOf(comparisons: readonly Comparison[], kind: IssuerKind | undefined): Subject {
  const tightest = new Map<string, Comparison>();
  for (const comparison of comparisons) {
    const claim = comparison.keys.join("\n");
    if (!tightest.has(claim) || comparison.exact) {
      tightest.set(claim, comparison);
    }
  }
  const rules = [...tightest.values()].flatMap(({ keys, exact, values, path }) =>
    values.map((pattern) => ({ keys, pattern, shape: shapeOf(pattern, exact ? "" : "*?"), path })),
  );
  return { kind, rules };
}
