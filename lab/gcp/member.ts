import { gcpError } from "./errors";

const EMAIL = /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/;
const WORKLOAD_IDENTITY =
  /^[a-z][a-z0-9-]{4,28}[a-z0-9]\.svc\.id\.goog\[[a-z0-9]([a-z0-9-]*[a-z0-9])?\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?\]$/;
/** A pool of users has an id of 4 to 32 characters that does not begin with `gcp-` (API reference, `workloadIdentityPools.create`). */
const POOL_ID = `(?!gcp-)[a-z0-9-]{4,32}`;
const GKE_POOL = "[a-z][a-z0-9-]{4,28}[a-z0-9]\\.svc\\.id\\.goog";
const POOL = `iam\\.googleapis\\.com/projects/\\d+/locations/global/workloadIdentityPools/(?:${POOL_ID}|${GKE_POOL})`;

const FORMS: Record<string, RegExp> = {
  deleted: /^(user|serviceAccount|group):\S+\?uid=\d+$/,
  domain: /^[^\s@/]+\.[^\s@/]+$/,
  group: EMAIL,
  principal: new RegExp(`^//${POOL}/(subject|kubernetes\\.serviceaccount\\.uid)/\\S+$`),
  principalSet: new RegExp(
    `^//${POOL}/(\\*|group/\\S+|attribute\\.[a-z0-9_]+/\\S+|namespace/\\S+|kubernetes\\.cluster/\\S+)$`,
  ),
  user: EMAIL,
};

/** Checks who a role is given to, e.g. `serviceAccount:PROJECT.svc.id.goog[NAMESPACE/NAME]` or `principal://…`. */
export function checkMember(member: string): void {
  if (member === "allUsers" || member === "allAuthenticatedUsers") {
    return;
  }
  const [, kind = "", value = ""] = /^([A-Za-z]+):(.*)$/s.exec(member) ?? [];
  const valid =
    kind === "serviceAccount"
      ? EMAIL.test(value) || WORKLOAD_IDENTITY.test(value)
      : (FORMS[kind]?.test(value) ?? false);
  if (valid) {
    return;
  }
  throw gcpError(400, "badRequest", `The member ${member} is of an unknown type or is not well-formed.`);
}

/**
 * Checks a role's name: predefined, of an organization, or of the very project it is given in. Whether a predefined one exists
 * is not known.
 */
export function checkRole(role: string, project: string): void {
  if (/^roles\/[a-zA-Z][\w.]*$/.test(role)) {
    return;
  }
  const [matched, owner] =
    /^(?:projects\/([a-z][a-z0-9-]{4,28}[a-z0-9])|organizations\/\d+)\/roles\/[\w.]{3,64}$/.exec(role) ?? [];
  if (matched !== undefined && (owner === undefined || owner === project)) {
    return;
  }
  throw gcpError(400, "badRequest", `Role ${role} is not supported for this resource.`);
}
