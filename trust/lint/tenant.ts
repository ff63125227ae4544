import { formatClaimPath } from "../claims";
import { claimFacts, type IssuerFacts, KNOWN_ISSUERS, type SubjectForm } from "../issuers";
import type { Rule } from "./rules-view";

/** Which part of a pattern says whose token it is: organization, owner, namespace or top group. */
export interface Tenant {
  /** The part's place in the pattern, `end` behind it. */
  start: number;
  end: number;
  /** Whether a delimiter ends the part; without one a final `*` runs on into what follows. */
  closed: boolean;
  /** Characters a name of a tenant can't hold, or that set apart tenants of one owner. */
  delimiters: string;
  /** Whether names hold no delimiter, so that a `*` between two delimiters stays between them. */
  confined: boolean;
}

/** How subjects of the known issuers begin. */
export const SUBJECT_FORMS: readonly SubjectForm[] = [
  ...new Map(KNOWN_ISSUERS.flatMap(({ subjects }) => subjects.map((form) => [form.start, form] as const))).values(),
];

/** Claims of any issuer that name the tenant, and what ends it. */
const CLAIMS = new Map(
  KNOWN_ISSUERS.flatMap(({ claims }) =>
    Object.entries(claims).flatMap(([path, { tenantEnd }]) =>
      tenantEnd === undefined ? [] : [[path, tenantEnd] as const],
    ),
  ),
);

/** What ends the tenant in a claim besides the subject; `""`: nothing, all of it is the tenant. */
function tenantEnd(keys: readonly string[], issuer: IssuerFacts | undefined): string | undefined {
  const path = formatClaimPath(keys) ?? "";
  if (path === "aud") {
    return "";
  }
  return issuer === undefined ? CLAIMS.get(path) : claimFacts(issuer, keys)?.tenantEnd;
}

/** A subject of an issuer that nothing is known of. */
const UNKNOWN_FORM: SubjectForm = { start: "", end: ":" };

/** Namespaces are given out by the cluster's administrators, so a prefix ending in a hyphen can be theirs to promise. */
const CLUSTER_DELIMITERS = ":/@-";

/** Anybody can register an owner whose name begins like another's, hyphen or not. */
const PUBLIC_DELIMITERS = ":/@";

/** The tenant's part of a rule's pattern; undefined for a claim that names no tenant. Of an issuer that is not known, any may. */
export function tenantOf({ keys, shape }: Rule, issuer?: IssuerFacts): Tenant | undefined {
  const [claim] = keys;
  if (keys.length === 1 && claim === "sub") {
    const { start, end, ofOneOwner } = SUBJECT_FORMS.find((form) => shape.startsWith(form.start)) ?? UNKNOWN_FORM;
    return { ...part(shape, start.length, end), ...namesOf(ofOneOwner) };
  }
  const end = tenantEnd(keys, issuer);
  return end === undefined ? undefined : { ...part(shape, 0, end), ...namesOf(claim === "kubernetes.io") };
}

function namesOf(ofOneOwner = false): Pick<Tenant, "delimiters" | "confined"> {
  return { delimiters: ofOneOwner ? CLUSTER_DELIMITERS : PUBLIC_DELIMITERS, confined: ofOneOwner };
}

function part(shape: string, start: number, delimiter: string): Pick<Tenant, "start" | "end" | "closed"> {
  const end = delimiter === "" ? -1 : shape.indexOf(delimiter, start);
  return { start, end: end < 0 ? shape.length : end, closed: end >= 0 || delimiter === "" };
}
