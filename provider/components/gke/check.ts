import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { checkProjectId } from "../../../trust/issuers";
import { checkGoogleAccount, checkGoogleRole, checkProjectNumber, projectOfEmail } from "../../../trust/parties/gcp";
import { checkWhenPlain } from "../../resources";
import { exactlyOne } from "../lib";
import type { GkeGcp } from "./args";

/** A role on a project; the cluster's where none is named. */
export interface RoleOnProject {
  role: string;
  project: string | undefined;
  /** The option it is from. */
  where: string;
}

/** All roles that are asked for. */
export function rolesOf(gcp: GkeGcp): RoleOnProject[] {
  const option = gcp.directPrincipal === undefined ? "serviceAccount" : "directPrincipal";
  const { projectRoles = [], rolesByProject = {} } = gcp[option] ?? {};
  const where = `gcp.${option}`;
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

/** @throws OidcRunnerError `GOOGLE_PROJECT_INVALID` */
export function checkAccountProject(project: string): void {
  checkProjectId(project, "gcp.serviceAccount.project");
}

/** Refuses what can be refused before anything is registered. */
export function checkGkeGcp(name: string, gcp: GkeGcp, project: pulumi.Input<string> | undefined): void {
  exactlyOne(gcp, ["serviceAccount", "serviceAccountEmail", "directPrincipal"], `${name}.gcp`);
  const { accountId, displayName, description } = gcp.serviceAccount ?? {};
  for (const [field, value] of Object.entries({ accountId, displayName, description })) {
    checkWhenPlain({ [field]: value }, checkGoogleAccount);
  }
  checkWhenPlain(gcp.serviceAccount?.project, checkAccountProject);
  checkWhenPlain(gcp.serviceAccountEmail, projectOfEmail);
  checkWhenPlain(gcp.directPrincipal?.projectNumber, checkProjectNumber);
  checkRoles(rolesOf(gcp), typeof project === "string" ? project : undefined);
}
