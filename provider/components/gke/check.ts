import type * as pulumi from "@pulumi/pulumi";
import { checkProjectId } from "../../../trust/issuers";
import { checkGoogleAccount, checkProjectNumber, projectOfEmail } from "../../../trust/parties/gcp";
import { checkWhenPlain } from "../../resources";
import { checkRoles, type RoleOnProject } from "../gcp";
import { exactlyOne } from "../lib";
import type { GkeGcp } from "./args";

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
