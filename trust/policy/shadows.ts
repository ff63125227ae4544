import { coversPattern } from "../pattern";
import type { PolicyDefinition } from "./model";

/** Whether a deny is about the same token and each of its rules holds for whatever the allow's rules admit. */
export function shadows(deny: PolicyDefinition, allow: PolicyDefinition): boolean {
  const sameTarget =
    deny.tokenType === allow.tokenType &&
    (deny.userLogin ?? "") === (allow.userLogin ?? "") &&
    (deny.runnerID ?? "") === (allow.runnerID ?? "") &&
    coversPattern(deny.teamName ?? "", allow.teamName ?? "");
  return sameTarget && coversRules(deny.rules, allow.rules);
}

/** Whether rules hold for whatever others admit: each is met by one on the same path. */
export function coversRules(rules: PolicyDefinition["rules"], others: PolicyDefinition["rules"]): boolean {
  return Object.entries(rules ?? {}).every(([path, pattern]) => {
    const admitted = others?.[path];
    return admitted !== undefined && coversPattern(String(pattern), String(admitted));
  });
}
