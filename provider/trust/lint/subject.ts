import { parseClaimPath } from "../claim-path";
import type { PolicyDefinition } from "../policy";
import type { IssuerKind } from "./issuer-kind";

/** One rule of a definition, read. */
export interface Rule {
  keys: string[];
  pattern: string;
  /** Where it stands in the policy's JSON. */
  path: string;
}

/** One definition, as the checks see it. */
export interface Subject {
  definition: PolicyDefinition;
  /** Where it stands in the policy's JSON. */
  path: string;
  kind: IssuerKind | undefined;
  /** Rules whose claim path can be read. */
  rules: Rule[];
  /** The others: where they stand. */
  unreadable: { path: string; claim: string }[];
}

/** Reads a definition's rules. */
export function readSubject(definition: PolicyDefinition, index: number, kind: IssuerKind | undefined): Subject {
  const subject: Subject = { definition, path: `policies[${index}]`, kind, rules: [], unreadable: [] };
  for (const [claim, pattern] of Object.entries(definition.rules ?? {})) {
    const path = `${subject.path}.rules${/^\w+$/.test(claim) ? `.${claim}` : `[${JSON.stringify(claim)}]`}`;
    try {
      subject.rules.push({ keys: parseClaimPath(claim), pattern: String(pattern), path });
    } catch {
      subject.unreadable.push({ path, claim });
    }
  }
  return subject;
}

/** The rule on a claim, if there is one. */
export function ruleOn(subject: Subject, ...keys: string[]): Rule | undefined {
  return subject.rules.find((rule) => rule.keys.length === keys.length && rule.keys.every((key, i) => key === keys[i]));
}

/** Whether a pattern says nothing: wildcards only. */
export function saysNothing(pattern: string): boolean {
  return /^[*?.]*$/.test(pattern);
}

/** Whether there is a rule on a claim, and it matches one value alone. */
export function isPinned(subject: Subject, ...keys: string[]): boolean {
  const rule = ruleOn(subject, ...keys);
  return rule !== undefined && rule.pattern !== "" && !/[*?.]/.test(rule.pattern);
}
