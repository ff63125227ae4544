import type * as pulumi from "@pulumi/pulumi";
import { workloadPool } from "../../../trust/issuers";
import type { WaivableFinding } from "../../../trust/lint";
import { broadRole } from "../../../trust/parties/gcp";
import type { GkeWorkload } from "../../../trust/parties/gcp/workload-identity";
import { warn } from "../../resources";
import { rolesOf } from "../gcp";
import { perRun } from "../lib";
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
  const isWaived = (name: WaivableFinding) => waived.some((waiver) => waiver.name === name);
  const tell = (name: WaivableFinding, what: string, fix: string) => {
    if (!isWaived(name)) {
      const waiver = `waive: [{ name: "${name}", reason: "…" }]`;
      warn(`${name}: ${what}. Fix: ${fix}; where it is meant, waive it: ${waiver}`, resource);
    }
  };
  const projects = toldInRun();
  const { project } = cluster;
  if (!projects.has(project) && !isWaived("IDENTITY_SAMENESS")) {
    tell(
      "IDENTITY_SAMENESS",
      `the GKE clusters of the project ${project} share the pool ${workloadPool(project)}, so a pod of ServiceAccount ${serviceAccountName} in namespace ${namespace} has the same Google identity on each of them`,
      "keep clusters that others administer in another project, and this namespace in hands you trust on all of them",
    );
    projects.add(project);
  }
  for (const { role, project: target = project, where } of rolesOf(gcp)) {
    const why = broadRole(role);
    if (why !== undefined) {
      tell("GOOGLE_ROLE_BROAD", `${role} on the project ${target} (${where}): ${why}`, "give the roles the work needs");
    }
  }
}
