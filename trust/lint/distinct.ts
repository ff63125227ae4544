import type { Finding } from "./finding";

/** Each finding once: what is looked at in several combinations is found in several. */
export function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.name} ${finding.path}`, finding])).values()];
}
