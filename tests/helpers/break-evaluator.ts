import * as evaluator from "../../trust/parties/pulumi/evaluate";
import * as wildcard from "../../trust/pattern/pattern";
import type { PolicyDefinition } from "../../trust/policy/model";

// Preloaded by mocha: breaks the evaluator as OIDC_RUNNER_BREAK says. Callers see it, those inside the package too, because
// a compiled module looks up another's exports at each call.

const { evaluate } = evaluator;
const { matchesWildcard } = wildcard;

/** An evaluator that sees each definition changed. */
function changed(change: (definition: PolicyDefinition) => PolicyDefinition): { evaluate: typeof evaluate } {
  return { evaluate: (definitions, claims, request) => evaluate(definitions.map(change), claims, request) };
}

/** The ways to break it. */
export const breakages: Record<string, () => void> = {
  "ignore-deny": () => {
    const never = { "a claim no token has": "" };
    Object.assign(
      evaluator,
      changed((definition) => (definition.decision === "deny" ? { ...definition, rules: never } : definition)),
    );
  },
  "ignore-audience": () => {
    Object.assign(
      evaluator,
      changed((definition) => {
        const rules = { ...definition.rules };
        delete rules.aud;
        return { ...definition, rules };
      }),
    );
  },
  "unanchored-match": () => {
    const unanchored: typeof matchesWildcard = (pattern, value) => matchesWildcard(`*${pattern}*`, value);
    Object.assign(wildcard, { matchesWildcard: unanchored });
  },
};

const { OIDC_RUNNER_BREAK } = process.env;
if (OIDC_RUNNER_BREAK) {
  const doBreak = breakages[OIDC_RUNNER_BREAK];
  if (doBreak === undefined) {
    throw new Error(`OIDC_RUNNER_BREAK=${OIDC_RUNNER_BREAK} is none of ${Object.keys(breakages).join(", ")}`);
  }
  doBreak();
}
