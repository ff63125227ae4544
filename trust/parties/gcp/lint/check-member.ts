import type { IssuerRecord } from "../../../issuers";
import { type Comparison, checkConflicts, checkLiterals, type Finding, subjectOf } from "../../../lint";
import type { Member } from "../members";
import { checkSubjectOf } from "./check-subject-of";
import type { Mapped } from "./mapping";
import { unmapped } from "./read-provider";
import { namesTenant } from "./tenant-claims";

/** One way through the provider. */
export interface Grant {
  comparisons: readonly Comparison[];
  /** Whether the condition asks for more than is read. */
  unread: boolean;
  issuer: IssuerRecord | undefined;
  /** Whether many customers share the issuer: then the condition alone has to say whose tokens are meant. */
  shared: boolean;
}

/** Finds members that admit more than they seem to, or no one. */
export function checkMember(
  { kind, value, text }: Member,
  path: string,
  mapping: ReadonlyMap<string, Mapped>,
  grants: readonly Grant[],
): Finding[] {
  if (kind === "all") {
    const ways = grants.map(({ comparisons, issuer, shared }) => ({
      shared,
      subject: subjectOf(comparisons, issuer),
    }));
    const confined = ways.every(({ subject }) => namesTenant(subject));
    return [
      {
        name: "ANY_PRINCIPAL",
        severity: confined ? "warning" : "error",
        path,
        message: "every identity of the pool is admitted: each one that fulfils the condition of any of its providers",
        fix: "name a subject, principal://…/subject/SUBJECT, or an attribute",
      },
      ...ways.flatMap(({ shared, subject }) => checkSubjectOf(subject, shared)),
    ];
  }
  const attribute = kind === "subject" ? "google.subject" : kind === "group" ? "google.groups" : kind;
  const mapped = mapping.get(attribute);
  if (mapped === undefined) {
    return [unmapped(attribute, path)];
  }
  const keys = mapped === "computed" ? [attribute] : mapped;
  const own: Comparison = { keys, exact: true, values: [value], path };
  const findings = grants.flatMap((grant) => checkGrant(grant, own, mapped === "computed", attribute));
  // A group's name is the issuer's to give, and says whose token it is by itself.
  const relevant = kind === "group" ? findings.filter(({ name }) => name !== "MISSING_SUBJECT") : findings;
  return [
    ...checkLiterals([own]).map((finding) => ({ ...finding, message: `${finding.message}: ${text}` })),
    ...relevant,
  ];
}

function checkGrant(grant: Grant, own: Comparison, computed: boolean, attribute: string): Finding[] {
  const comparisons = [...grant.comparisons, own];
  const subject = subjectOf(comparisons, grant.issuer);
  const findings = [...checkConflicts(comparisons), ...checkSubjectOf(subject, grant.shared)];
  if (grant.shared || namesTenant(subject)) {
    return findings;
  }
  return [...findings, computed || grant.unread ? notRead(attribute, computed) : missingSubject(own)];
}

function notRead(attribute: string, computed: boolean): Finding {
  return {
    name: "CONDITION_NOT_READ",
    severity: "warning",
    path: computed ? `attributeMapping["${attribute}"]` : "attributeCondition",
    message: computed
      ? `the linter can't tell from this expression whose tokens have a given ${attribute}`
      : "the linter can't tell from this condition whose tokens it admits",
    fix: 'map a claim as it is, such as "assertion.sub", or add a condition that compares one with a text',
  };
}

function missingSubject({ keys, path }: Comparison): Finding {
  return {
    name: "MISSING_SUBJECT",
    severity: "error",
    path,
    message: `${keys.join(".")} doesn't say whose token it is, and neither does the condition`,
    fix: "name a subject, principal://…/subject/SUBJECT, or add a condition on it",
  };
}
