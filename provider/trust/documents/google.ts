import { createHash } from "node:crypto";
import { OidcRunnerError } from "../../errors";

/**
 * The IAM member that is one Kubernetes ServiceAccount under Workload Identity Federation for GKE. Every cluster of the
 * project that has this namespace and name is meant by it (identity sameness).
 */
export function workloadIdentityMember(project: string, namespace: string, serviceAccountName: string): string {
  return `serviceAccount:${project}.svc.id.goog[${namespace}/${serviceAccountName}]`;
}

/**
 * An account id for a Google service account: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter. A
 * hash of `unique` ends it, so that two long names which begin alike, or the same name in two stacks, don't collide.
 */
export function googleAccountId(name: string, unique: string): string {
  const hash = createHash("sha256").update(unique).digest("hex").slice(0, 8);
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 21)
    .replace(/-+$/, "");
  return `${readable === "" ? "runner" : readable}-${hash}`;
}

/**
 * The project a Google service account's email names.
 *
 * @throws OidcRunnerError `GOOGLE_EMAIL_INVALID`
 */
export function projectOfEmail(email: string): string {
  const project = /^[a-z][a-z0-9-]{4,28}[a-z0-9]@([a-z0-9.:-]+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1];
  if (project === undefined) {
    throw new OidcRunnerError("GOOGLE_EMAIL_INVALID", `"${email}" is not the email of a Google service account`, {
      where: "google.serviceAccountEmail",
      fix: "give NAME@PROJECT.iam.gserviceaccount.com",
    });
  }
  return project;
}
