import type { PodParts } from "./pod-parts";

/**
 * The parts by which a pod has its Google identity. The token comes from GKE's metadata server, so there is no volume; that
 * server is not ready in a pod's first seconds (GKE documentation, "Workload Identity Federation for GKE", limitations), so
 * the entrypoint is told to wait for it.
 *
 * @param project id of the project that client libraries use when a request names none
 */
export function googleWorkloadIdentity({ project }: { project: string }): PodParts {
  return { volumes: [], mounts: [], env: { OIDC_RUNNER_WAIT_FOR_METADATA: "true", GOOGLE_CLOUD_PROJECT: project } };
}
