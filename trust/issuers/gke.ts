import { OidcRunnerError } from "../errors";
import { cluster, type KubernetesSubject } from "./kubernetes";
import type { IssuerRecord } from "./record";

/** Where a GKE cluster is. */
export interface GkeCluster {
  /** Id of the project, not its number. */
  project: string;
  /** Region or zone. */
  location: string;
  name: string;
}

const FIX = "give name, location and project as `gcloud container clusters list` prints them";

/** Resource Manager, "Creating and managing projects"; ids of some old projects have a domain before them. */
const PROJECT = {
  form: /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  what: "the id of a Google Cloud project",
  fix: "give the project's id (6 to 30 lower-case letters, digits and hyphens), not its number: `gcloud projects list` prints both",
};

/** What a GKE cluster's names look like: their form, what they are called, and how to mend them. */
const NAMES: Record<keyof GkeCluster, { form: RegExp; what: string; fix: string }> = {
  project: PROJECT,
  // A region, such as europe-west1, or a zone in it, such as europe-west1-b.
  location: { form: /^[a-z]+(-[a-z]+)+\d+(-[a-z][a-z0-9]*)?$/, what: "a region or zone of Google Cloud", fix: FIX },
  // GKE REST API, `Cluster.name`.
  name: { form: /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, what: "the name of a GKE cluster", fix: FIX },
};

/**
 * Refuses what can't be part of a GKE cluster's full name. What is left out (undefined) is not looked at.
 *
 * @throws OidcRunnerError `GKE_CLUSTER_INVALID`
 */
export function checkGkeNames(cluster: Partial<GkeCluster>): void {
  for (const field of ["project", "location", "name"] as const) {
    const value = cluster[field];
    const { form, what, fix } = NAMES[field];
    if (value !== undefined && !form.test(value)) {
      throw new OidcRunnerError("GKE_CLUSTER_INVALID", `"${value}" is not ${what}`, { where: `cluster.${field}`, fix });
    }
  }
}

/**
 * Refuses what can't be a project's id, such as its number or its name for people.
 *
 * @throws OidcRunnerError `GOOGLE_PROJECT_INVALID`
 */
export function checkProjectId(project: string, where: string): void {
  const { form, what, fix } = PROJECT;
  if (!form.test(project)) {
    throw new OidcRunnerError("GOOGLE_PROJECT_INVALID", `"${project}" is not ${what}`, { where, fix });
  }
}

/**
 * The issuer of a GKE cluster's tokens. It follows from the cluster's names alone and has no final slash (GKE REST API,
 * `projects.locations.clusters.well-known.getOpenid-configuration`).
 *
 * @throws OidcRunnerError `GKE_CLUSTER_INVALID`
 */
export function gkeIssuerUrl({ project, location, name }: GkeCluster): string {
  // Programs run without a type check too.
  checkGkeNames({ project: project ?? "", location: location ?? "", name: name ?? "" });
  return `https://container.googleapis.com/v1/projects/${project}/locations/${location}/clusters/${name}`;
}

/** The cluster whose tokens have this issuer; undefined for any other issuer. */
export function gkeClusterOf(issuerUrl: string): GkeCluster | undefined {
  const [, project, location, name] =
    /^https:\/\/container\.googleapis\.com\/v1\/projects\/([^/]+)\/locations\/([^/]+)\/clusters\/([^/]+)$/.exec(
      issuerUrl,
    ) ?? [];
  return project && location && name ? { project, location, name } : undefined;
}

/** A GKE cluster, with or without the final slash of Pulumi's guide in its issuer. */
export const gke: IssuerRecord<"gke", KubernetesSubject> = {
  ...cluster,
  key: "gke",
  name: "a GKE cluster",
  signs: (url) => /^https:\/\/container\.googleapis\.com\/v1\/projects\//.test(url),
  rotatesKeys: "GKE changes its signing keys on its own",
};

/** The one workload identity pool of all GKE clusters of a project. */
export function workloadPool(project: string): string {
  return `${project}.svc.id.goog`;
}

/**
 * Refuses a cluster whose pods get no Google identity of their own: without Workload Identity Federation for GKE a pod's
 * requests are answered as the node's service account, which others share.
 *
 * @param pool `workloadIdentityConfig.workloadPool` of the cluster; undefined or empty when there is none
 * @throws OidcRunnerError `WORKLOAD_IDENTITY_OFF`, `WORKLOAD_POOL_MISMATCH`
 */
export function checkWorkloadPool({ project, location, name }: GkeCluster, pool: string | undefined): void {
  const expected = workloadPool(project);
  const where = "cluster.workloadIdentityConfig.workloadPool";
  if (pool === undefined || pool === "") {
    throw new OidcRunnerError(
      "WORKLOAD_IDENTITY_OFF",
      `the cluster ${name} has no Workload Identity Federation for GKE`,
      {
        where,
        fix: `set workloadIdentityConfig.workloadPool to ${expected} on the cluster and GKE_METADATA on its node pools (\`gcloud container clusters update ${name} --location=${location} --workload-pool=${expected}\`, \`gcloud container node-pools update POOL --workload-metadata=GKE_METADATA\`), or leave google out`,
      },
    );
  }
  if (pool !== expected) {
    throw new OidcRunnerError("WORKLOAD_POOL_MISMATCH", `the cluster's workload pool is ${pool}, not ${expected}`, {
      where,
      fix: `give the project the pool belongs to as cluster.project, or set the pool to ${expected}, the only one GKE takes`,
    });
  }
}
