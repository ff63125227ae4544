import { OidcRunnerError } from "../../errors";

/** IAM documentation, "Create and manage custom roles": 3 to 64 letters, digits, underscores and periods. */
const ROLE = /^(?:roles\/[A-Za-z0-9_.]{1,128}|(?:projects\/([^/]+)|organizations\/\d+)\/roles\/[A-Za-z0-9_.]{3,64})$/;

/** Basic roles that write to nearly everything in a project. */
const BASIC = ["roles/owner", "roles/editor"];

/** Roles that, given on a project, let their holder become any service account of it, or give itself any role. */
const ESCALATING = [
  "roles/iam.securityAdmin",
  "roles/iam.serviceAccountAdmin",
  "roles/iam.serviceAccountKeyAdmin",
  "roles/iam.serviceAccountOpenIdTokenCreator",
  "roles/iam.serviceAccountTokenCreator",
  "roles/iam.serviceAccountUser",
  "roles/iam.workloadIdentityUser",
  "roles/resourcemanager.projectIamAdmin",
];

/**
 * Refuses a text that is not an IAM role, and a custom role of another project: it can't be given outside of its own.
 *
 * @param project the project it is to be given on; undefined while that is not known
 * @throws OidcRunnerError `GOOGLE_ROLE_INVALID`
 */
export function checkGoogleRole(role: string, project: string | undefined, where: string): void {
  const [matched, owner] = ROLE.exec(role) ?? [];
  if (matched === undefined) {
    throw new OidcRunnerError("GOOGLE_ROLE_INVALID", `"${role}" is not the name of an IAM role`, {
      where,
      fix: "give roles/SERVICE.ROLE, projects/PROJECT/roles/ID or organizations/NUMBER/roles/ID, as `gcloud iam roles list` prints them",
    });
  }
  if (owner !== undefined && project !== undefined && owner !== project) {
    throw new OidcRunnerError("GOOGLE_ROLE_INVALID", `${role} is a role of the project ${owner}, not of ${project}`, {
      where,
      fix: `use a role of ${project}, of its organization, or a predefined one`,
    });
  }
}

/**
 * Why a role is more than a runner should have on a whole project, or nothing. A warning and no refusal: a runner that
 * deploys a whole project may be meant to have it.
 */
export function broadRole(role: string): string | undefined {
  if (BASIC.includes(role)) {
    return "it covers nearly everything in the project";
  }
  return ESCALATING.includes(role) ? "on a project it lets its holder become others, or give itself more" : undefined;
}
