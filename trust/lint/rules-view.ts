import { parseClaimPath } from "../claims";
import type { IssuerRecord } from "../issuers";
import type { PolicyDefinition } from "../policy";

/** One rule on one claim, read: of a policy definition, or of the document of another relying party. */
export interface Rule {
  /** The claim's path: `["sub"]`, `["kubernetes.io", "namespace"]`. */
  keys: string[];
  /** As it is written, for messages. */
  pattern: string;
  /** The pattern character by character, where `*`, `?` and `.` are left only as wildcards: see {@link shapeOf}. */
  shape: string;
  /** Where it stands in the document's JSON. */
  path: string;
}

/** What one allow (or deny) asks of a token, as the checks see it. Rules on one claim are alternatives. */
export interface Subject {
  /** Whose tokens it is about; undefined for an issuer without a record. */
  issuer: IssuerRecord | undefined;
  rules: Rule[];
}

/** A definition of Pulumi Cloud's auth policy. */
export interface PolicySubject extends Subject {
  definition: PolicyDefinition;
  /** Where it stands in the policy's JSON. */
  path: string;
  /** Rules whose claim path can't be read: where they stand. */
  unreadable: { path: string; claim: string }[];
}

/** Reads a definition's rules. */
export function readSubject(
  definition: PolicyDefinition,
  index: number,
  issuer: IssuerRecord | undefined,
): PolicySubject {
  const subject: PolicySubject = { definition, path: `policies[${index}]`, issuer, rules: [], unreadable: [] };
  for (const [claim, value] of Object.entries(definition.rules ?? {})) {
    const path = `${subject.path}.rules${step(claim)}`;
    const pattern = String(value);
    try {
      subject.rules.push({ keys: parseClaimPath(claim), pattern, shape: shapeOf(pattern, "*?."), path });
    } catch {
      subject.unreadable.push({ path, claim });
    }
  }
  return subject;
}

/** One more key of a path into JSON. */
export function step(key: string): string {
  return /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/**
 * The shape of a pattern: of the same length, each `*`, `?` and `.` that is not a wildcard there replaced by a letter.
 * `wildcards` are those of the relying party: `"*?."` Pulumi Cloud's, `"*?"` those of IAM and Azure, `""` none.
 */
export function shapeOf(pattern: string, wildcards: string): string {
  return pattern.replace(/[*?.]/g, (character) => (wildcards.includes(character) ? character : "x"));
}

/** The rules on a claim: alternatives, of which one must match. */
export function rulesOn(subject: Subject, ...keys: string[]): Rule[] {
  return subject.rules.filter(
    (rule) => rule.keys.length === keys.length && rule.keys.every((key, i) => key === keys[i]),
  );
}

/** Whether a shape says nothing: wildcards only. */
export function saysNothing(shape: string): boolean {
  return /^[*?.]*$/.test(shape);
}

/** Whether there are rules on a claim, and they say something. */
export function hasRuleOn(subject: Subject, ...keys: string[]): boolean {
  const rules = rulesOn(subject, ...keys);
  return rules.length > 0 && !rules.some(({ shape }) => saysNothing(shape));
}

/** Whether there are rules on a claim, and each matches one value alone. */
export function isPinned(subject: Subject, ...keys: string[]): boolean {
  const rules = rulesOn(subject, ...keys);
  return rules.length > 0 && rules.every(({ shape }) => shape !== "" && !/[*?.]/.test(shape));
}
