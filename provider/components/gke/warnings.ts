import type * as pulumi from "@pulumi/pulumi";
import { workloadPool } from "../../../trust/issuers";
import { broadRole } from "../../../trust/parties/gcp";
import type { GkeWorkload } from "../../../trust/parties/gcp/workload-identity";
import { rolesOf } from "../gcp";
import { perRun, type WaivableWarning, warnUnlessWaived } from "../lib";
import type { GkeGcp } from "./args";

/** Projects whose sameness was told. */
const toldInRun = perRun(() => new Set<string>());

/** Warns of what is allowed but may surprise, unless it is waived. */
export function warnGoogle(
  resource: pulumi.Resource,
  { cluster, namespace, serviceAccountName }: GkeWorkload,
  gcp: GkeGcp,
  waived: readonly { name: string }[],
): void {
  const { project } = cluster;
  const projects = toldInRun();
  const name = "IDENTITY_SAMENESS";
  if (!projects.has(project) && !waived.some((waiver) => waiver.name === name)) {
    const what = `the GKE clusters of the project ${project} share the pool ${workloadPool(project)}, so a pod of ServiceAccount ${serviceAccountName} in namespace ${namespace} has the same Google identity on each of them`;
    const fix =
      "keep clusters that others administer in another project, and this namespace in hands you trust on all of them";
    warnUnlessWaived(resource, waived, [{ name, what, fix }]);
    projects.add(project);
  }
  const broad = rolesOf(gcp).flatMap(({ role, project: target = project, where }): WaivableWarning[] => {
    const why = broadRole(role);
    const what = `${role} on the project ${target} (${where}): ${why}`;
    return why === undefined ? [] : [{ name: "GOOGLE_ROLE_BROAD", what, fix: "give the roles the work needs" }];
  });
  warnUnlessWaived(resource, waived, broad);
}
