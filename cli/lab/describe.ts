import { LAB_RESOURCE_GROUP, type LabDescription, type LabState } from "../../lab";
import { labEnvironment } from "../../lab/engine";
import { aksTenant, eksRegion, gkeClusterOf } from "../../trust/issuers";
import type { Line } from "../print";

/** What others may know of a lab: its description, without what only its own parts need. */
export function describeLab(state: LabState): LabDescription {
  const { pulumiCloud, kubeconfig, ca, authorities, aws, gcp, azure, ci, pulumiIssuer } = state;
  const { environmentFile, pulumiCli } = state;
  return {
    pulumiCloud,
    clusters: state.clusters.map((cluster) => ({ ...cluster, ...shapeOf(cluster.issuer) })),
    ...{ kubeconfig, ca, authorities, aws, gcp, azure, ci, pulumiIssuer },
    ...{ environmentFile, environment: labEnvironment(state), pulumiCli },
  };
}

function shapeOf(issuer: string): Omit<LabDescription["clusters"][number], keyof LabState["clusters"][number]> {
  const region = eksRegion(issuer);
  if (region !== undefined) {
    return { shape: "eks", region };
  }
  const { project, location } = gkeClusterOf(issuer) ?? {};
  if (project !== undefined) {
    return { shape: "gke", project, location };
  }
  return aksTenant(issuer) === undefined
    ? { shape: "kubernetes" }
    : { shape: "aks", resourceGroup: LAB_RESOURCE_GROUP };
}

/** What a program must name to use a lab: its organization, with what that has, and its clusters. */
export function summariseLab(state: LabState): Line[] {
  const { pulumiCloud, clusters } = describeLab(state);
  const { url, organization, teams, users, pools } = pulumiCloud;
  const named = (kind: string, names: string[]) => (names.length === 0 ? [] : [`, ${kind} ${names.join(", ")}`]);
  const has = [...named("teams", teams), ...named("users", users), ...named("pools", pools)].join("");
  return [
    `Pulumi Cloud  ${url} (stand-in), organization ${organization}${has}`,
    ...clusters.map(({ name, issuer, region, project, location, resourceGroup }) => {
      const where = [region, project, location, resourceGroup].filter(Boolean).join(", ");
      return `Cluster       ${name}${where === "" ? "" : ` (${where})`}, issuer ${issuer}`;
    }),
  ];
}
