import { parseClaimPath } from "../claims";
import { claimFacts, type IssuerFacts, KNOWN_ISSUERS } from "../issuers";
import { admitsSeveralTenants } from "./any-tenant";
import { isPinned, type Rule, rulesOn, type Subject, saysNothing } from "./rules-view";
import { tenantOf } from "./tenant";

const DOT_IN_A_NAME = /[A-Za-z0-9_-]\.(?=[A-Za-z0-9_-])/;

/** Audiences that name an organization of Pulumi Cloud. */
const ORGANIZATION_AUDIENCE = "urn:pulumi:org:";

/** Claims whose value an issuer gives to one tenant, or one subject of it, and never again. */
function tenantIds({ claims }: IssuerFacts): string[][] {
  return Object.entries(claims)
    .filter(([, { is, identifies }]) => is === "id" && (identifies === "tenant" || identifies === "subject"))
    .map(([path]) => parseClaimPath(path));
}

/** Those of any issuer. */
const TENANT_IDS = KNOWN_ISSUERS.flatMap(tenantIds);

/**
 * Whether a dot, which matches any one character, lets other tenants of an issuer in: it stands where a rule names the
 * tenant, or the organization that the token is for, and no rule pins the tenant by its id.
 */
export function admitsByDot(rule: Rule, subject: Subject): boolean {
  const { keys, shape } = rule;
  const ids = subject.issuer === undefined ? TENANT_IDS : tenantIds(subject.issuer);
  if (!shape.includes(".") || ids.some((keys) => isPinned(subject, ...keys))) {
    return false;
  }
  if (keys[0] === "sub") {
    return admitsSeveralTenants(shape);
  }
  if (keys[0] === "aud") {
    return shape.startsWith(ORGANIZATION_AUDIENCE) && shape.slice(ORGANIZATION_AUDIENCE.length).includes(".");
  }
  // Another claim decides only where the subject says nothing.
  const tenant = rulesOn(subject, "sub").length === 0 ? tenantOf(rule, subject.issuer) : undefined;
  return tenant !== undefined && !tenant.confined && shape.slice(tenant.start, tenant.end).includes(".");
}

/** Where a pattern has a dot that seems to stand for itself: between letters of a name, or anywhere in the tenant. */
export function placeOfDot(rule: Rule, issuer?: IssuerFacts): number | undefined {
  const { start, end } = (rule.keys[0] === "sub" && tenantOf(rule)) || { start: 0, end: 0 };
  const tenant = rule.shape.slice(start, end);
  // Of a tenant of wildcards alone more is said elsewhere.
  if (tenant.includes(".") && !saysNothing(tenant)) {
    return start + tenant.indexOf(".");
  }
  const beginsWithHost = issuer !== undefined && claimFacts(issuer, rule.keys)?.beginsWithHost;
  const host = beginsWithHost ? (rule.shape.split("/")[0] ?? "") : "";
  const inName = DOT_IN_A_NAME.exec("x".repeat(host.length) + rule.shape.slice(host.length));
  return inName === null ? undefined : inName.index + 1;
}
