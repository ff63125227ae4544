import type { IssuerKey } from "../../../trust/issuers";
import { lint } from "../../../trust/parties/pulumi/lint";
import type { PolicyDefinition, Rules } from "../../../trust/policy/model";

export const AUD = "urn:pulumi:org:acme";
export const SUB = "system:serviceaccount:pulumi:deployer";
export const NAMESPACE = '"kubernetes.io".namespace';
export const ACCOUNT = '"kubernetes.io".serviceaccount.name';

export const allow = (rules: Rules): PolicyDefinition => ({ decision: "allow", tokenType: "organization", rules });
export const withSub = (sub: string, more: Rules = {}) => ({ aud: AUD, sub, ...more });

/** What is found in an allow of these rules. */
export const findings = (rules: Rules, issuer?: IssuerKey) => lint([allow(rules)], { issuer });

/** `NAME severity` of each finding. */
export const found = (rules: Rules, issuer?: IssuerKey) =>
  findings(rules, issuer).map(({ name, severity }) => `${name} ${severity}`);
