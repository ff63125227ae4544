/** Where a GKE-shaped cluster is, as its issuer says. */
export interface GkeClusterName {
  project: string;
  location: string;
  name: string;
}

/** Reads the issuer of a GKE cluster's tokens; undefined for any other issuer. */
export function gkeClusterOf(issuer: string): GkeClusterName | undefined {
  const [, project, location, name] =
    /^https:\/\/container\.googleapis\.com\/v1\/projects\/([^/]+)\/locations\/([^/]+)\/clusters\/([^/]+)$/.exec(
      issuer,
    ) ?? [];
  return project && location && name ? { project, location, name } : undefined;
}

/** The workload identity pool that all GKE clusters of a project share. */
export function workloadPool(project: string): string {
  return `${project}.svc.id.goog`;
}
