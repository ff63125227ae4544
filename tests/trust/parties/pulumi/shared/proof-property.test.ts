import assert from "node:assert/strict";
import fc from "fast-check";
import { OidcRunnerError } from "../../../../../trust/errors";
import { podClaims } from "../../../../../trust/issuers/kubernetes";
import { podNames } from "../../../../../trust/issuers/pod-names";
import { evaluate } from "../../../../../trust/parties/pulumi/evaluate";
import { proveSharedTrust } from "../../../../../trust/parties/pulumi/shared/proof";
import { type TokenSelection, tokenRequest } from "../../../../../trust/policy/access-token";
import type { PolicyDefinition, Rules, TokenRequest } from "../../../../../trust/policy/model";
import { tries } from "../../../../helpers/property";

const AUDIENCE = "urn:pulumi:org:acme";
const WHERE = { organization: "acme", issuerUrl: "https://kubernetes.example.com", where: "deployer.trust" };

/** Names of few letters, so that patterns often fit. */
const label = fc.stringMatching(/^[ab]([ab-]?[ab])?$/);
const part = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom("*", "a*", "?*") },
  { weight: 1, arbitrary: fc.stringMatching(/^[ab][ab*?.-]{0,2}$/) },
);
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const rules = fc
  .record({
    aud: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(AUDIENCE, "urn:pulumi:org:*") },
      { weight: 1, arbitrary: fc.constantFrom("acme", `${AUDIENCE}-2`) },
    ),
    sub: fc.oneof(
      fc.tuple(part, part).map(([namespace, name]) => `system:serviceaccount:${namespace}:${name}`),
      fc.constantFrom("*", "system:serviceaccount:*", "system:serviceaccount"),
    ),
    '"kubernetes.io".namespace': rarely(part),
    '"kubernetes.io".pod.name': rarely(fc.constantFrom("deployer-*", "*", "pod", "deployer-0*")),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Rules);

const definition: fc.Arbitrary<PolicyDefinition> = fc
  .record({
    decision: fc.oneof(
      { weight: 6, arbitrary: fc.constant("allow" as const) },
      { weight: 1, arbitrary: fc.constant("deny" as const) },
    ),
    rules,
    target: fc.constantFrom<Pick<PolicyDefinition, "tokenType" | "teamName" | "authorizedPermissions">>(
      { tokenType: "organization" },
      { tokenType: "organization", authorizedPermissions: ["admin"] },
      { tokenType: "team", teamName: "a*" },
    ),
  })
  .map(({ target, ...rest }) => ({ ...rest, ...target }));

const selection = fc.constantFrom<TokenSelection>(
  { tokenType: "organization" },
  { tokenType: "organization", admin: true },
  { tokenType: "team", team: "a" },
  { tokenType: "team", team: "b" },
);

/** Code of what a runner is refused with; undefined for one that is proven, which the definition must admit by itself. */
function refusal(policies: PolicyDefinition[], runner: Parameters<typeof proveSharedTrust>[0]): string | undefined {
  try {
    const compiled = policies.map((one, origin) => ({ definition: one, origin }));
    const { definition: admitting, ...pod } = proveSharedTrust(runner, { organization: "acme", compiled });
    const claims = podClaims({ ...pod, podName: runner.podNames[0] });
    assert.equal(evaluate([admitting], claims, tokenRequest(runner.token)).decision, "allow");
    return undefined;
  } catch (error) {
    if (!(error instanceof OidcRunnerError)) throw error;
    // Words of another place: of the command line, and of a list that users don't see.
    assert.doesNotMatch(error.message, /--token-type|definition \d/);
    return error.code;
  }
}

describe("trust/parties/pulumi/shared/proof, for any definitions", () => {
  it("accepts exactly what the evaluator allows the pod, and no administrator's token besides", () => {
    const seen = new Map<string | undefined, number>();
    fc.assert(
      fc.property(
        fc.array(definition, { minLength: 1, maxLength: 4 }),
        fc.record({ namespace: label, serviceAccountName: label, token: selection }),
        (policies, { token, ...who }) => {
          const runner = { ...WHERE, ...who, token, podNames: podNames("deployer", "Job") };
          const tokens = runner.podNames.map((podName) => podClaims({ ...runner, audience: AUDIENCE, podName }));
          const allows = (request: TokenRequest) =>
            tokens.map((claims) => evaluate(policies, claims, request).decision === "allow");
          const isAdmitted = allows(tokenRequest(token)).every(Boolean);
          const isAdmin = token.admin !== true && allows({ tokenType: "organization", admin: true }).some(Boolean);
          const expected = !isAdmitted ? "TRUST_DOES_NOT_ADMIT" : isAdmin ? "TRUST_ALLOWS_ADMIN" : undefined;
          assert.equal(refusal(policies, runner), expected);
          seen.set(expected, (seen.get(expected) ?? 0) + 1);
        },
      ),
      tries(400),
    );
    if (process.env.OIDC_RUNNER_PROPERTY_RUNS === undefined) {
      assert.deepEqual(new Set(seen.keys()), new Set(["TRUST_DOES_NOT_ADMIT", "TRUST_ALLOWS_ADMIN", undefined]));
    }
  });
});
