import type { KubernetesObject } from "../pod";

/** What a Service is made from. */
export interface ServiceOptions {
  selector: Record<string, string>;
  /** Port that clients connect to. */
  port: number;
}

/** Spec of the Service before a server's pods. */
export function serviceSpec({ selector, port }: ServiceOptions): KubernetesObject {
  return { selector, ports: [{ name: "http", port, targetPort: "http", protocol: "TCP" }], type: "ClusterIP" };
}

/**
 * Spec of a NetworkPolicy that lets in the pods of namespaces, and others by Kubernetes' own words. The label is on every namespace
 * (Kubernetes documentation, "Automatic labelling"). A kubelet's probes come from its node, which network policies let in.
 */
export function networkPolicySpec(
  selector: Record<string, string>,
  namespaces: readonly string[],
  from: readonly KubernetesObject[],
): KubernetesObject {
  const own =
    namespaces.length === 0
      ? []
      : [
          {
            namespaceSelector: {
              matchExpressions: [
                { key: "kubernetes.io/metadata.name", operator: "In", values: [...new Set(namespaces)].sort() },
              ],
            },
          },
        ];
  return {
    podSelector: { matchLabels: selector },
    policyTypes: ["Ingress"],
    ingress: [{ from: [...own, ...from], ports: [{ port: "http", protocol: "TCP" }] }],
  };
}

/** What a server may do that has tokens reviewed, and nothing else: not the access reviews that `system:auth-delegator` allows as well. */
export const TOKEN_REVIEW_RULES: KubernetesObject[] = [
  { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
];
