import type { ApiClient } from "../../cluster";

/** The annotation by which a Kubernetes ServiceAccount names the Google service account to act as. */
const ANNOTATION = "iam.gke.io/gcp-service-account";
const TOKEN_SECONDS = 3600;

/** For whom a metadata server answers. */
export interface Workload {
  namespace: string;
  serviceAccountName: string;
  /** The pod that asks; the tokens are bound to it. Without one: the ServiceAccount as such. */
  pod?: { name: string; uid: string };
}

/**
 * A token of the workload's ServiceAccount for an audience, by TokenRequest. GKE's metadata server has a role of its own
 * for that: a kubelet's right to tokens ends at the audiences that the pod itself projects.
 */
export async function requestToken(
  cluster: ApiClient,
  { namespace, serviceAccountName, pod }: Workload,
  audience: string,
): Promise<string> {
  const spec = {
    audiences: [audience],
    expirationSeconds: TOKEN_SECONDS,
    ...(pod !== undefined && { boundObjectRef: { apiVersion: "v1", kind: "Pod", ...pod } }),
  };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccountName}/token`;
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
  return (await cluster.post<{ status: { token: string } }>(path, request)).status.token;
}

/** Email of the Google service account that the workload's ServiceAccount is annotated with, if it is. */
export async function boundEmail(
  cluster: ApiClient,
  { namespace, serviceAccountName }: Workload,
): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccountName}`;
  const { metadata } = await cluster.get<{ metadata: { annotations?: Record<string, string> } }>(path);
  return metadata.annotations?.[ANNOTATION] || undefined;
}
