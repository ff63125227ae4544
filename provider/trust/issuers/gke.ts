import { OidcRunnerError } from "../../errors";

/** Where a GKE cluster is. */
export interface GkeCluster {
  project: string;
  /** Region or zone. */
  location: string;
  name: string;
}

/**
 * The issuer of a GKE cluster's tokens. It follows from the cluster's names alone and has no final slash (GKE REST API,
 * `projects.locations.clusters.well-known.getOpenid-configuration`).
 *
 * @throws OidcRunnerError `GKE_CLUSTER_INVALID`
 */
export function gkeIssuerUrl({ project, location, name }: GkeCluster): string {
  const patterns = { project: /^[a-z0-9.:-]+$/, location: /^[a-z0-9-]+$/, name: /^[a-z0-9-]+$/ };
  for (const [field, value] of Object.entries({ project, location, name })) {
    if (!patterns[field as keyof typeof patterns].test(value)) {
      throw new OidcRunnerError("GKE_CLUSTER_INVALID", `"${value}" is not the ${field} of a GKE cluster`, {
        where: `cluster.${field}`,
        fix: "give name, location and project as `gcloud container clusters list` prints them",
      });
    }
  }
  return `https://container.googleapis.com/v1/projects/${project}/locations/${location}/clusters/${name}`;
}
