import type { Claims } from "../claims";

/** Who a pod is, as its projected token says. */
export interface PodIdentity {
  issuerUrl: string;
  namespace: string;
  serviceAccountName: string;
  audience: string;
  /** Default `pod`. */
  podName?: string;
}

/** `sub` of a ServiceAccount's tokens (Kubernetes documentation, "Managing Service Accounts"). */
export function serviceAccountSubject(namespace: string, serviceAccountName: string): string {
  return `system:serviceaccount:${namespace}:${serviceAccountName}`;
}

/** The claims of a pod's projected token that policies can be written about; `aud` is always an array. */
export function podClaims(pod: PodIdentity): Claims {
  return {
    iss: pod.issuerUrl,
    sub: serviceAccountSubject(pod.namespace, pod.serviceAccountName),
    aud: [pod.audience],
    "kubernetes.io": {
      namespace: pod.namespace,
      serviceaccount: { name: pod.serviceAccountName },
      pod: { name: pod.podName ?? "pod" },
    },
  };
}
