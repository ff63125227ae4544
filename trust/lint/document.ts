import { nearest } from "../verdict";
import type { Finding } from "./finding";

/** Finds a document that trusts other issuers than the one it is said to be for; issuers are compared exactly. */
export function checkIssuer(trusted: readonly string[], issuer: string | undefined, path: string): Finding[] {
  if (issuer === undefined || trusted.length === 0 || trusted.includes(issuer)) {
    return [];
  }
  return [
    {
      name: "ISSUER_MISMATCH",
      severity: "error",
      path,
      message: `it trusts ${trusted.join(", ")}, not ${issuer}${nearest(issuer, trusted)}`,
      fix: "write the issuer exactly as `iss` of the tokens does",
    },
  ];
}

/** Each finding once: what is looked at in several combinations is found in several. */
export function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.name} ${finding.path}`, finding])).values()];
}
