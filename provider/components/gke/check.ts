import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { checkProjectId } from "../../../trust/issuers";
import { checkGoogleAccount, checkGoogleRole, checkProjectNumber, projectOfEmail } from "../../../trust/parties/gcp";
import { checkWhenPlain } from "../../resources";
import { exactlyOne } from "../lib";
import type { GkeGoogle, GoogleFinding } from "./args";

const FINDINGS: readonly GoogleFinding[] = ["GOOGLE_ROLE_BROAD", "IDENTITY_SAMENESS"];

/** A role on a project; the cluster's where none is named. */
export interface RoleOnProject {
  role: string;
  project: string | undefined;
  /** The option it is from. */
  where: string;
}

/** All roles that are asked for. */
export function rolesOf(google: GkeGoogle): RoleOnProject[] {
  const option = google.directPrincipal === undefined ? "serviceAccount" : "directPrincipal";
  const { projectRoles = [], rolesByProject = {} } = google[option] ?? {};
  const where = `google.${option}`;
  return [
    ...projectRoles.map((role) => ({ role, project: undefined, where: `${where}.projectRoles` })),
    ...Object.entries(rolesByProject).flatMap(([project, roles]) =>
      roles.map((role) => ({ role, project, where: `${where}.rolesByProject["${project}"]` })),
    ),
  ];
}

/**
 * Refuses roles that are none, or given twice: of two grants of one role, removing either would take it away.
 *
 * @param ownProject the cluster's project; undefined while it is not known
 * @throws OidcRunnerError `GOOGLE_PROJECT_INVALID`, `GOOGLE_ROLE_INVALID`
 */
export function checkRoles(roles: readonly RoleOnProject[], ownProject: string | undefined): void {
  const seen = new Set<string>();
  for (const { role, project = ownProject, where } of roles) {
    if (project !== undefined && project !== ownProject) {
      checkProjectId(project, where);
    }
    checkGoogleRole(role, project, where);
    const grant = `${project ?? ""} ${role}`;
    if (seen.has(grant)) {
      throw new OidcRunnerError("GOOGLE_ROLE_INVALID", `${role} is given twice`, { where, fix: "name it once" });
    }
    seen.add(grant);
  }
}

/**
 * Refuses waivers of what is no warning about Google access, or without a reason.
 *
 * @throws OidcRunnerError `WAIVER_INVALID`
 */
export function checkGoogleWaivers(waivers: readonly { name: string; reason: string }[]): void {
  waivers.forEach(({ name, reason }, index) => {
    const known = FINDINGS.includes(name as GoogleFinding);
    if (!known || typeof reason !== "string" || reason.trim() === "") {
      throw new OidcRunnerError(
        "WAIVER_INVALID",
        known ? `nothing says why ${name} is waived` : `"${name}" is no warning about Google access`,
        {
          where: `google.waive[${index}].${known ? "reason" : "name"}`,
          fix: known ? "give the reason, for whoever reads it next" : `use one of ${FINDINGS.join(", ")}`,
        },
      );
    }
  });
}

/** @throws OidcRunnerError `GOOGLE_PROJECT_INVALID` */
export function checkAccountProject(project: string): void {
  checkProjectId(project, "google.serviceAccount.project");
}

/** Refuses what can be refused before anything is registered. */
export function checkGkeGoogle(name: string, google: GkeGoogle, project: pulumi.Input<string> | undefined): void {
  exactlyOne(google, ["serviceAccount", "serviceAccountEmail", "directPrincipal"], `${name}.google`);
  const { accountId, displayName, description } = google.serviceAccount ?? {};
  for (const [field, value] of Object.entries({ accountId, displayName, description })) {
    checkWhenPlain({ [field]: value }, checkGoogleAccount);
  }
  checkWhenPlain(google.serviceAccount?.project, checkAccountProject);
  checkWhenPlain(google.serviceAccountEmail, projectOfEmail);
  checkWhenPlain(google.directPrincipal?.projectNumber, checkProjectNumber);
  checkRoles(rolesOf(google), typeof project === "string" ? project : undefined);
  checkWhenPlain(google.waive, (waivers) => checkGoogleWaivers(waivers));
}
