import { createHash } from "node:crypto";

/**
 * The IAM member that is one Kubernetes ServiceAccount under Workload Identity Federation for GKE. Every cluster of the
 * project that has this namespace and name is meant by it (identity sameness).
 */
export function workloadIdentityMember(project: string, namespace: string, serviceAccountName: string): string {
  return `serviceAccount:${project}.svc.id.goog[${namespace}/${serviceAccountName}]`;
}

/**
 * An account id for a Google service account: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter. A
 * hash of the whole name ends it, so that two long names which begin alike don't collide.
 */
export function googleAccountId(name: string): string {
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 21)
    .replace(/-+$/, "");
  return `${readable === "" ? "runner" : readable}-${hash}`;
}
