import { type Finding, rulesOn, type Subject } from "../../lint";

/**
 * Finds rules on a drift run of Pulumi Deployments. That the API has these operations is known, but not which operation the
 * token of such a run names (`driftOperation` in lab/pulumi-cloud/switches.ts): the rule may match no token.
 */
export function checkOperations(subject: Subject): Finding[] {
  return rulesOn(subject, "sub").flatMap(({ pattern, path }) => {
    const operation = /^pulumi:deploy:.*:operation:(detect-drift|remediate-drift)(:|$)/.exec(pattern)?.[1];
    if (operation === undefined) {
      return [];
    }
    const other = operation === "detect-drift" ? "refresh" : "update";
    return {
      name: "UNVERIFIED_OPERATION",
      severity: "warning",
      path,
      message: `not verified: the token of a ${operation} run may name the operation ${other}, which this pattern does not match`,
      fix: `look at the token of such a run (oidc-runner claims); if it names ${other}, add a definition for that operation`,
    };
  });
}
