import { claimFacts, UUID } from "../issuers";
import { admitsAnyTenant, admitsSeveralTenants } from "./any-tenant";
import { admitsByDot } from "./dots";
import type { FindingOf } from "./finding";
import { type Rule, rulesOn, type Subject, saysNothing } from "./rules-view";

/**
 * - `BROAD_SUBJECT`: wildcards where organization, owner or namespace should stand.
 * - `DOT_ADMITS_OTHERS`: a dot, which is a wildcard, in the name of the tenant or the organization (of Pulumi: or the team).
 * - `WILDCARD_WITHOUT_DELIMITER`, `WILDCARD_ACROSS_DELIMITER`: a wildcard reaches names that only begin alike, or the parts
 *   that follow.
 */
export const BREADTH = [
  "BROAD_SUBJECT",
  "DOT_ADMITS_OTHERS",
  "WILDCARD_ACROSS_DELIMITER",
  "WILDCARD_WITHOUT_DELIMITER",
] as const;

type Finding = FindingOf<(typeof BREADTH)[number]>;

import { type Tenant, tenantOf } from "./tenant";

/** Behind the tenant, names such as `release-1` are all of one owner: there these end a word too. */
const WORD_ENDS = "-_#";

/** Finds patterns of an allow that admit more than they seem to: a subject that names no one, and wildcards that reach on. */
export function checkBreadth(subject: Subject): Finding[] {
  return subject.rules.flatMap((rule) => {
    if (namesNoTenant(rule, subject)) {
      return [broad(rule)];
    }
    const tenant = tenantOf(rule, subject.issuer);
    if (tenant === undefined) {
      return [];
    }
    if (isBroad(rule, tenant)) {
      return saysWho(rule, subject) ? [broad(rule)] : [];
    }
    const findings = [withoutDelimiter(rule, tenant), acrossDelimiter(rule, tenant)].filter(
      (finding) => finding !== undefined,
    );
    if (findings.some(({ severity }) => severity === "error")) {
      return findings;
    }
    return [...findings, ...severalTenants(rule, subject)];
  });
}

/**
 * Whether it is on a subject of a form that says nothing of the tenant, of an issuer that signs for strangers, and nothing else
 * says whose token it is. Some let each customer choose what subjects are made of.
 */
function namesNoTenant({ keys, shape }: Rule, { issuer, rules }: Subject): boolean {
  if (keys[0] !== "sub" || issuer?.tenancy !== "sub" || UUID.test(shape)) {
    return false;
  }
  const said = rules.some(({ keys: other, shape: text }) => {
    const facts = claimFacts(issuer, other);
    return facts?.identifies !== undefined && !/^[*?.]/.test(text);
  });
  return !said && !admitsAnyTenant(shape) && !issuer.subjects.some(({ start }) => shape.startsWith(start));
}

/** What the other checks leave: a wildcard that takes a letter of the tenant all the same. A dot is one more of them. */
function severalTenants(rule: Rule, subject: Subject): Finding[] {
  if (rule.keys[0] === "sub" && admitsSeveralTenants(rule.shape.replaceAll(".", "x"))) {
    return [wildcardInTenant(rule)];
  }
  return admitsByDot(rule, subject) ? [dotInTenant(rule)] : [];
}

function wildcardInTenant({ path, pattern }: Rule): Finding {
  return {
    name: "WILDCARD_WITHOUT_DELIMITER",
    severity: "error",
    path,
    message: `"${pattern}" admits tenants with other names, because a wildcard takes a letter of the name`,
    fix: "write the organization, owner or top group in full, and wildcards only behind it",
  };
}

function dotInTenant({ path, pattern }: Rule): Finding {
  return {
    name: "DOT_ADMITS_OTHERS",
    severity: "error",
    path,
    message: `"${pattern}" admits other organizations or owners: a dot matches any one character, and nothing escapes it`,
    fix: "add a rule on an id that others can't have (project_id, namespace_id, repository_owner_id, org_id), or use an owner without a dot",
  };
}

/** Whether it is this rule that must say whose token it is: the one on the subject, or what stands in its place. */
function saysWho({ keys }: Rule, subject: Subject): boolean {
  return keys[0] === "sub" || (keys[0] !== "aud" && rulesOn(subject, "sub").length === 0);
}

/** Whether the tenant's part begins with a star or holds wildcards only, or what stands before it takes any tenant. */
function isBroad({ keys, shape }: Rule, { start, end }: Tenant): boolean {
  const text = shape.slice(start, end);
  return /^[?.]*\*/.test(text) || (text !== "" && saysNothing(text)) || (keys[0] === "sub" && admitsAnyTenant(shape));
}

function broad({ path, pattern }: Rule): Finding {
  return {
    name: "BROAD_SUBJECT",
    severity: "error",
    path,
    message: `"${pattern}" does not say whose token it is: it admits everybody the issuer signs for`,
    fix: "begin with the literal organization, owner or namespace; wildcards only behind it",
  };
}

function withoutDelimiter({ path, pattern, shape }: Rule, tenant: Tenant): Finding | undefined {
  const position = looseWildcard(shape, tenant);
  if (position === undefined) {
    return undefined;
  }
  const before = pattern.slice(0, position);
  return {
    name: "WILDCARD_WITHOUT_DELIMITER",
    severity: position < tenant.end ? "error" : "warning",
    path,
    message: `"${pattern}" also admits names that only begin alike: "${before}" and "${before}x"`,
    fix: `end the name with its delimiter before the wildcard, or write the name in full`,
  };
}

/** The first `*`, in the tenant also the first `?`, that stands behind a name's letter instead of a delimiter, or a `?` for the tenant's first letter. */
function looseWildcard(shape: string, tenant: Tenant): number | undefined {
  // What counts is the last letter: a wildcard right before the wildcard delimits nothing.
  let last = ":";
  for (const [position, character] of shape.split("").entries()) {
    if (!saysNothing(character)) {
      last = character;
      continue;
    }
    const inTenant = position < tenant.end;
    const delimiters = inTenant ? tenant.delimiters : `${tenant.delimiters}${WORD_ENDS}`;
    if ((character === "*" || (character === "?" && inTenant)) && !delimiters.includes(last)) {
      return position;
    }
    if (character === "?" && position === tenant.start) {
      return position;
    }
  }
  return undefined;
}

function acrossDelimiter({ path, pattern, shape }: Rule, tenant: Tenant): Finding | undefined {
  const star = shape.indexOf("*");
  if (star < 0) {
    return undefined;
  }
  const inner = tenant.confined || saysNothing(shape.slice(star)) ? undefined : star;
  const running = tenant.confined && !tenant.closed ? star : undefined;
  const position = inner ?? running;
  if (position === undefined) {
    return undefined;
  }
  return {
    name: "WILDCARD_ACROSS_DELIMITER",
    severity: !tenant.confined && position < tenant.end ? "error" : "warning",
    path,
    message: `the * after "${pattern.slice(0, position)}" also matches delimiters, and so reaches into the parts that follow`,
    fix: "write that part in full, or use * only at the end, behind a delimiter",
  };
}
