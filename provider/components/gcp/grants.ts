import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { checkProjectId } from "../../../trust/issuers";
import { checkGoogleRole } from "../../../trust/parties/gcp";
import { type ChildOptions, peer, perRun } from "../lib";

/** A role on a project; on the own one where none is named. */
export interface RoleOnProject {
  role: string;
  project: string | undefined;
  /** The option it is from. */
  where: string;
}

/** Roles of the service account that is made, or of the principal itself. */
export interface RolesByOption {
  serviceAccount?: ProjectRoles;
  directPrincipal?: ProjectRoles;
}

interface ProjectRoles {
  projectRoles?: string[];
  rolesByProject?: Record<string, string[]>;
}

/** All roles that are asked for. */
export function rolesOf(gcp: RolesByOption): RoleOnProject[] {
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
 * @param ownProject the project that is meant where none is named; undefined while it is not known
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

/** The component that made each grant, by role, resource and member. */
type Grants = Map<string, { name: string; owner: pulumi.Resource }>;

/** The grants that the running program has made so far. */
export const grantsOfRun = perRun<Grants>(() => new Map());

/** One grant a role, named by it: reordered or with one more, the others stay as they are. */
export function grantRoles(
  options: ChildOptions,
  name: string,
  roles: readonly RoleOnProject[],
  ownProject: pulumi.Output<string>,
  member: pulumi.Output<string>,
): pulumi.Resource[] {
  if (roles.length === 0) {
    return [];
  }
  const { IAMMember } = peer(
    "@pulumi/gcp",
    () => require("@pulumi/gcp/projects/iammember") as typeof import("@pulumi/gcp/projects/iammember"),
  );
  return roles.map(({ role, project }) => {
    const parts = [name, project, role.replace(/^roles\//, "")].filter((part) => part !== undefined);
    return new IAMMember(parts.join("-"), { project: project ?? ownProject, role, member }, options);
  });
}

/**
 * Refuses grants that another component of the program has made already: Google keeps one binding of a role and a member, so
 * removing either would take the access of both.
 *
 * @throws OidcRunnerError `GOOGLE_GRANT_TWICE`
 */
export function makeGrants(
  made: Grants,
  grants: readonly { role: string; on: string }[],
  member: string,
  maker: { name: string; owner: pulumi.Resource },
  fix = "give each runner a serviceAccountName of its own, or gcp access to one of them alone",
): void {
  for (const { role, on } of grants) {
    const key = [role, on, member].join(" ");
    const other = made.get(key);
    if (other !== undefined && other.owner !== maker.owner) {
      throw new OidcRunnerError("GOOGLE_GRANT_TWICE", `${other.name} has the grant of ${role} on ${on} too`, {
        where: `${maker.name}.gcp`,
        fix,
      });
    }
    made.set(key, maker);
  }
}
