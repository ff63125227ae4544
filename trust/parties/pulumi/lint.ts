import { type IssuerKey, issuerByKey } from "../../issuers";
import { checkSubject, type Finding, readSubject } from "../../lint";
import type { PolicyDefinition } from "../../policy";
import { checkOperations } from "./check-operations";
import { checkPatterns } from "./check-patterns";
import { checkPresence } from "./check-presence";
import { checkShadows } from "./check-shadows";
import { checkToken } from "./check-token";

/** What the linter may know besides the policy. */
export interface LintOptions {
  /** Whose tokens the policy is about; claims are held against it. Default: unknown, any claim may be sent. */
  issuer?: IssuerKey;
}

/**
 * Says what is dangerous or without effect in a Pulumi Cloud auth policy (semantics: Pulumi Cloud documentation, "OIDC
 * issuers"). Definition by definition, then what concerns several. No findings means none of the known mistakes, not that
 * the policy admits only whom it should.
 */
export function lint(definitions: readonly PolicyDefinition[], options: LintOptions = {}): Finding[] {
  const issuer = options.issuer && issuerByKey(options.issuer);
  const findings = definitions.flatMap((definition, index) => {
    const subject = readSubject(definition, index, issuer);
    // A wide deny only refuses more.
    const onlyAllow = definition.decision === "allow" ? [checkPresence, checkSubject, checkToken] : [];
    return [...onlyAllow, checkPatterns, checkOperations].flatMap((check) => check(subject));
  });
  return [...findings, ...checkShadows(definitions)];
}
