import { issuerOf, tenancyClaim } from "../../../issuers";
import {
  checkConflicts,
  checkIssuer,
  checkLiterals,
  distinct,
  type Finding,
  type Subject,
  subjectOf,
} from "../../../lint";
import { parseMember } from "../members";
import type { Alternative } from "./alternatives";
import { checkKnownClaims } from "./check-known-claims";
import { checkMember, type Grant } from "./check-member";
import { checkSubjectLength } from "./check-subject-length";
import { checkBreadthOf, checkSubjectOf } from "./check-subject-of";
import { type ReadProvider, readForLint } from "./read-provider";
import { namesTenant } from "./tenant-claims";

const CONDITION = "attributeCondition";
/** Members that are everybody, of any pool and of none. */
const EVERYBODY = ["allUsers", "allAuthenticatedUsers"];

/**
 * Says what is dangerous or without effect in a workload identity pool provider with the members of a binding (semantics:
 * Google Cloud documentation, "Best practices for using Workload Identity Federation", and CEL). Of a condition it reads
 * comparisons with texts (`==`, `in`, `startsWith`, `endsWith`, `contains`, plain `matches`) joined by `&&` and `||`; where
 * it would need more to tell who is admitted, it says so.
 *
 * `issuer`: the issuer that the provider should trust; default: not known.
 *
 * @throws OidcRunnerError `GCP_PROVIDER_INVALID`, `GCP_EXPRESSION_INVALID`, `GCP_MEMBER_INVALID`
 */
export function lintGcpTrust(document: unknown, issuer?: string): Finding[] {
  const provider = readForLint(document);
  const signer = issuerOf(provider.issuerUri);
  const tenancy = tenancyClaim(provider.issuerUri.replace(/^https:\/\//, ""));
  // Where the audience names the customer, and it is asked for, the rest is up to one's own organization.
  const shared = tenancy === "sub" || (tenancy === "aud" && provider.allowedAudiences.length === 0);
  const grants = provider.alternatives.map(({ comparisons, unread }): Grant => {
    return { comparisons, unread, issuer: signer, shared };
  });
  const members = provider.members.map((text, index) =>
    EVERYBODY.includes(text) ? everybody(text, index) : { member: parseMember(text), index },
  );
  return distinct([
    ...provider.findings,
    ...checkAudiences(provider),
    ...(shared ? checkCondition(provider, grants) : []),
    ...(grants.length === 0 ? [neverMet()] : []),
    ...grants.flatMap(({ comparisons }) => [...checkLiterals(comparisons), ...checkConflicts(comparisons)]),
    ...checkKnownClaims(provider, signer),
    ...checkSubjectLength(
      provider.mapping.get("google.subject"),
      grants.flatMap(({ comparisons }) => comparisons),
      members.flatMap((entry) =>
        "member" in entry && entry.member.kind === "subject"
          ? [{ value: entry.member.value, path: `members[${entry.index}]` }]
          : [],
      ),
    ),
    ...members.flatMap((entry) =>
      "member" in entry ? checkMember(entry.member, `members[${entry.index}]`, provider.mapping, grants) : [entry],
    ),
    ...(members.length === 0 ? withoutMembers(grants.map(({ comparisons }) => subjectOf(comparisons, signer))) : []),
    ...checkIssuer([provider.issuerUri], issuer, "issuerUri"),
  ]);
}

/** An issuer that many share: the condition has to say whose tokens are meant. */
function checkCondition({ alternatives }: ReadProvider, grants: readonly Grant[]): Finding[] {
  const asksNothing = ({ comparisons, negated, unread }: Alternative) =>
    comparisons.length + negated.length === 0 && !unread;
  if (alternatives.some(asksNothing)) {
    return [
      {
        name: "MISSING_CONDITION",
        severity: "error",
        path: CONDITION,
        message: "many customers share this issuer, and without a condition the pool takes the tokens of all of them",
        fix: "add a condition on the owner's id, such as assertion.repository_owner_id == '…' for GitHub",
      },
    ];
  }
  return alternatives.flatMap((alternative, index) => {
    const { comparisons, issuer } = grants[index] as Grant;
    const subject = subjectOf(comparisons, issuer);
    return [...(namesTenant(subject) ? [] : [withoutTenant(alternative)]), ...checkBreadthOf(subject)];
  });
}

function withoutTenant({ unread, negated }: Alternative): Finding {
  if (unread) {
    return {
      name: "CONDITION_NOT_READ",
      severity: "warning",
      path: CONDITION,
      message: "the linter can't tell from this condition whose tokens it admits",
      fix: "compare a claim with a text: assertion.repository_owner_id == '…', joined by &&",
    };
  }
  const [claim] = negated;
  return {
    name: claim === undefined ? "MISSING_SUBJECT" : "NEGATED_SUBJECT",
    severity: "error",
    path: CONDITION,
    message:
      claim === undefined
        ? "no part of it says whose tokens are meant: others who use this issuer may fulfil the rest"
        : `it only says what ${claim} is not; everybody else who uses this issuer fulfils it`,
    fix: "add a comparison of the subject, or of the owner's id",
  };
}

function neverMet(): Finding {
  return {
    name: "CONTRADICTORY_CONDITIONS",
    severity: "error",
    path: CONDITION,
    message: "no token fulfils this condition",
    fix: "leave out what is always false",
  };
}

function checkAudiences({ allowedAudiences }: ReadProvider): Finding[] {
  if (allowedAudiences.length === 0) {
    return [
      {
        name: "DEFAULT_AUDIENCE",
        severity: "warning",
        path: "allowedAudiences",
        message:
          "only tokens for the provider's own resource name are taken; a client that asks for them must know its numbers",
        fix: "name the audience that the tokens have",
      },
    ];
  }
  return checkLiterals([{ keys: ["aud"], exact: true, values: allowedAudiences, path: "allowedAudiences" }]);
}

function everybody(text: string, index: number): Finding {
  return {
    name: "ANY_PRINCIPAL",
    severity: "error",
    path: `members[${index}]`,
    message: `${text} needs no token of this provider at all`,
    fix: "name a principal of the pool: principal://…/subject/SUBJECT",
  };
}

function withoutMembers(subjects: readonly Subject[]): Finding[] {
  return [
    ...subjects.flatMap((subject) => checkSubjectOf(subject, true)),
    {
      name: "NO_MEMBERS",
      severity: "warning",
      path: "members",
      message: "no member is given, so no identity may use the provider; only the provider was checked",
      fix: "add the members of the role's binding, such as principal://…/subject/SUBJECT",
    },
  ];
}
