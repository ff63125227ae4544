import type { Claims } from "../../trust/claims/claims";
import type { PolicyDefinition } from "../../trust/policy/model";
import { compiled } from "../compiled";
import type { Benchmark } from "../measure/benchmark";

/** As many as an issuer's policy may have. */
const DEFINITIONS = 40;
const ROUNDS = 2000;

const definitions: PolicyDefinition[] = Array.from({ length: DEFINITIONS }, (_, index) => ({
  decision: "allow",
  tokenType: "organization",
  authorizedPermissions: [],
  rules: { aud: "urn:pulumi:org:acme", sub: `system:serviceaccount:team-${index}:runner-*` },
}));

/** Of the last definition's, so that all are looked at. */
const claims: Claims = {
  iss: "https://cluster.example.com",
  aud: ["urn:pulumi:org:acme"],
  sub: `system:serviceaccount:team-${DEFINITIONS - 1}:runner-a`,
};

/** How often a second something can be done; at least a fraction of a second is measured. */
function rate(action: () => void): number {
  const begun = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    action();
  }
  return (ROUNDS * 1000) / (performance.now() - begun);
}

function of(name: string, subject: string, action: () => () => void): Benchmark {
  const text = JSON.stringify(definitions);
  const reference = `parsing the policy's JSON, ${text.length} characters`;
  return {
    name: `trust/${name}`,
    pairs: 11,
    rows: [{ name: `trust/${name}`, metric: "rate", unit: "1/s", subject, reference }],
    notes: ["more is better: a ratio of 0.5 takes twice the time"],
    async start() {
      const act = action();
      return {
        subject: async () => ({ rate: rate(act) }),
        reference: async () => ({ rate: rate(() => JSON.parse(text)) }),
      };
    },
  };
}

/** The pure core, against reading the same policy from its text. */
export const trusts: Benchmark[] = [
  of("evaluate", `evaluations of a policy of ${DEFINITIONS} definitions, the last of which admits the token`, () => {
    const { evaluate } = compiled<typeof import("../../trust/parties/pulumi/evaluate")>(
      "trust/parties/pulumi/evaluate",
    );
    return () => {
      if (evaluate(definitions, claims, { tokenType: "organization" }).decision !== "allow") {
        throw new Error("the token is refused");
      }
    };
  }),
  of("lint", `lints of a policy of ${DEFINITIONS} definitions`, () => {
    const { lint } = compiled<typeof import("../../trust/parties/pulumi/lint")>("trust/parties/pulumi/lint");
    return () => lint(definitions, { issuer: "kubernetes" });
  }),
];
