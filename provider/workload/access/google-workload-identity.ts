import type { PodParts } from "../pod";

/**
 * The parts by which a pod has its Google identity. The token comes from GKE's metadata server, so there is no volume; that
 * server is not ready in a pod's first seconds (GKE documentation, "Workload Identity Federation for GKE", limitations), and
 * without it or the ServiceAccount's annotation the pod has another identity, such as its node's. So the entrypoint waits
 * until the server names the one that was asked for.
 *
 * @param project id of the project that client libraries use when a request names none
 * @param identity what the metadata server answers: the service account's email or, for a direct principal, the workload
 *   identity pool
 */
export function googleWorkloadIdentity({ project, identity }: { project: string; identity: string }): PodParts {
  return { volumes: [], mounts: [], env: { OIDC_RUNNER_GOOGLE_IDENTITY: identity, GOOGLE_CLOUD_PROJECT: project } };
}
