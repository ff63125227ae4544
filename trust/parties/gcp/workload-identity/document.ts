import { OidcRunnerError } from "../../../errors";
import { workloadPool } from "../../../issuers";

/**
 * The IAM member that is one Kubernetes ServiceAccount under Workload Identity Federation for GKE, as it is written on a
 * Google service account. Every cluster of the project that has this namespace and name is meant by it (identity sameness).
 */
export function workloadIdentityMember(project: string, namespace: string, serviceAccountName: string): string {
  return `serviceAccount:${workloadPool(project)}[${namespace}/${serviceAccountName}]`;
}

/** A project by its id and its number: a pool is named by both. */
export interface NumberedProject {
  project: string;
  /** Digits. */
  projectNumber: string;
}

/**
 * The same ServiceAccount as a principal that gets roles itself, without a Google service account (IAM documentation,
 * "Principal identifiers", "All Pods that use a specific Kubernetes ServiceAccount").
 *
 * @throws OidcRunnerError `GOOGLE_PROJECT_NUMBER_INVALID`
 */
export function workloadIdentityPrincipal(
  { project, projectNumber }: NumberedProject,
  namespace: string,
  serviceAccountName: string,
): string {
  checkProjectNumber(projectNumber);
  const pool = `projects/${projectNumber}/locations/global/workloadIdentityPools/${workloadPool(project)}`;
  return `principal://iam.googleapis.com/${pool}/subject/ns/${namespace}/sa/${serviceAccountName}`;
}

/**
 * Refuses a text that is not a project number, such as the project's id.
 *
 * @throws OidcRunnerError `GOOGLE_PROJECT_NUMBER_INVALID`
 */
export function checkProjectNumber(projectNumber: string, where = "google.directPrincipal.projectNumber"): void {
  if (!/^[1-9]\d*$/.test(projectNumber)) {
    throw new OidcRunnerError("GOOGLE_PROJECT_NUMBER_INVALID", `"${projectNumber}" is not a project number`, {
      where,
      fix: 'give the digits `gcloud projects describe PROJECT --format="value(projectNumber)"` prints, or leave it out to have it looked up',
    });
  }
}
