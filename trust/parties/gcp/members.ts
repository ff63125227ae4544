import { OidcRunnerError } from "../../errors";
import type { Pool } from "./audience";

/** What a mapping made of a token: texts, and for `google.groups` a list of them. */
export type MappedAttributes = Record<string, string | string[]>;

/** Bytes of `google.subject` at most (IAM API reference, `attributeMapping`). */
export const SUBJECT_BYTES = 127;

/** Identities of a pool that a binding names. */
export interface Member {
  text: string;
  pool: Pool;
  kind: "subject" | "group" | "all" | `attribute.${string}`;
  /** Compared exactly; empty for `all`. */
  value: string;
}

/** The resource name of a pool. */
export const POOL_NAME = /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+$/;

const FORM =
  /^(principal|principalSet):\/\/iam\.googleapis\.com\/(projects\/([^/]+)\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+)\/(?:(subject|group|attribute\.[a-z0-9_]+)\/(.+)|(\*))$/;

/**
 * Reads a principal identifier of a workload identity pool: `principal://…/subject/S`, `principalSet://…/group/G`,
 * `principalSet://…/attribute.NAME/VALUE` and `principalSet://…/*` (Google Cloud IAM documentation, "Principal
 * identifiers").
 *
 * @throws OidcRunnerError `GCP_MEMBER_INVALID`, also for members that are not federated identities.
 */
export function parseMember(text: string): Member {
  const [matched, scheme, pool = "", project = "", kind = "all", value = ""] = FORM.exec(text) ?? [];
  if (matched === undefined || (scheme === "principal") !== (kind === "subject")) {
    throw new OidcRunnerError("GCP_MEMBER_INVALID", `"${text}" names no identities of a workload identity pool`, {
      where: "members",
      fix: text.includes(".svc.id.goog[")
        ? "that is GKE's own federation, without a provider; evaluate the principal://…/subject/… of a pool"
        : "give principal://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/subject/SUBJECT, or principalSet://…/group/GROUP, …/attribute.NAME/VALUE or …/*",
    });
  }
  if (!/^\d+$/.test(project)) {
    throw new OidcRunnerError("GCP_MEMBER_INVALID", `"${project}" is not a project number`, {
      where: "members",
      fix: "give the project's number, which `gcloud projects describe` prints; its id doesn't do",
    });
  }
  return { text, pool, kind: kind as Member["kind"], value };
}

/** Why a member is not who a token is, or nothing when it is. */
export function mismatch(member: Member, attributes: MappedAttributes, pool: Pool | undefined): string | undefined {
  const { kind, value } = member;
  if (pool !== undefined && member.pool !== pool) {
    return `${member.text} is of another pool than ${pool}`;
  }
  if (kind === "all") {
    return undefined;
  }
  const key = kind === "group" ? "google.groups" : kind === "subject" ? "google.subject" : kind;
  const mapped = attributes[key];
  if (mapped === undefined) {
    return `${member.text} needs ${key}, which attributeMapping doesn't map`;
  }
  const actual = typeof mapped === "string" ? [mapped] : mapped;
  return actual.includes(value) ? undefined : `${key} expected ${value}, got ${actual.join(", ") || "an empty text"}`;
}
