import { issuerOf } from "../../trust/issuers";
import type { Finding } from "../../trust/lint";
import { lint } from "../../trust/parties/pulumi";
import { checkDefinitions } from "../../trust/policy";
import { policiesOf } from "../read-input";

/** Lints an issuer's auth policy at Pulumi Cloud, in the form of its API. */
export function lintPulumi(document: unknown, issuer?: string): Finding[] {
  const policies = policiesOf(document);
  if (policies.length > 0) {
    // The rules are the linter's own matter, so here each definition gets one that is in order.
    checkDefinitions(policies.map((definition) => ({ ...definition, rules: { sub: "" } })));
  }
  return lint(policies, { issuer: issuer === undefined ? undefined : issuerOf(issuer)?.key });
}
