import * as condition from "../../trust/parties/aws/evaluate/condition";
import * as decision from "../../trust/parties/aws/evaluate/decide";
import * as principal from "../../trust/parties/aws/evaluate/principal";
import * as glob from "../../trust/pattern/pattern";

/** A way to break the evaluator of IAM trust policies. */
export type AwsBreakage = "ignore-conditions" | "ignore-deny" | "any-principal" | "unanchored-match";

/** Exports of the evaluator's modules, by module, and what takes their place. */
const BREAKAGES: Record<AwsBreakage, [module: object, broken: object]> = {
  "ignore-conditions": [condition, { unmetConditions: () => [] }],
  "ignore-deny": [decision, { decide: withoutDeny(decision.decide) }],
  "any-principal": [principal, { matchesPrincipal: () => true }],
  "unanchored-match": [glob, { matchesGlob: unanchored(glob.matchesGlob) }],
};

function withoutDeny(decide: typeof decision.decide): typeof decision.decide {
  return (statements, request) =>
    decide(
      statements.filter(({ effect }) => effect === "Allow"),
      request,
    );
}

function unanchored(matches: typeof glob.matchesGlob): typeof glob.matchesGlob {
  return (pattern, text) => matches(`*${pattern}*`, text);
}

/**
 * Does something while the evaluator is broken. Those who call it see that, inside the package too, because a compiled module
 * looks up another's exports at each call.
 */
export async function whileBroken<T>(breakage: AwsBreakage, act: () => Promise<T>): Promise<T> {
  const [module, broken] = BREAKAGES[breakage];
  const whole = { ...module };
  Object.assign(module, broken);
  try {
    return await act();
  } finally {
    Object.assign(module, whole);
  }
}
