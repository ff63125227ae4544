import { checkDefinitions } from "../provider/trust/check-definitions";
import { checkIssuerUrl } from "../provider/trust/issuers/issuer-url";
import { issuerKindOf } from "../provider/trust/lint/issuer-kind";
import { lint } from "../provider/trust/lint/lint";
import { policiesOf, readJson } from "./read-input";

/** Options of `oidc-runner lint`. */
export interface LintOptions {
  policy: string;
  issuer?: string;
  json?: boolean;
}

/** Prints what is wrong with a policy. Returns the exit code: 1 when an error is among it, else 0. */
export function lintCommand(options: LintOptions): number {
  if (options.issuer !== undefined) {
    checkIssuerUrl(options.issuer, "--issuer");
  }
  const policies = policiesOf(readJson(options.policy, "--policy"));
  if (policies.length > 0) {
    // The rules are the linter's own matter, so here each definition gets one that is in order.
    checkDefinitions(policies.map((definition) => ({ ...definition, rules: { sub: "" } })));
  }
  const issuer = options.issuer === undefined ? undefined : issuerKindOf(options.issuer);
  const findings = lint(policies, { issuer });
  if (options.json) {
    console.log(JSON.stringify({ findings }));
  } else {
    for (const { name, severity, path, message, fix } of findings) {
      console.log(`${severity} ${name} at ${path}: ${message}\n  fix: ${fix}`);
    }
    console.log(findings.length === 0 ? "no findings" : `${findings.length} found`);
  }
  return findings.some(({ severity }) => severity === "error") ? 1 : 0;
}
