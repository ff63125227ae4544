import { type Claims, claimValues } from "../claims";
import { checkNamespace, checkServiceAccountName } from "../policy";
import { isDefaultIssuer } from "./default-cluster-issuer";
import { checkPattern } from "./literal";
import { namesLike, nearMisses } from "./near-misses";
import { each, type IssuerRecord, REGISTERED } from "./record";

/** A workload of a Kubernetes cluster: its tokens' `sub` is `system:serviceaccount:NAMESPACE:NAME`. */
export interface KubernetesSubject {
  /** Namespace of the ServiceAccount. */
  namespace: string;
  /** Name of the ServiceAccount, without dots: a policy can't match one exactly. */
  serviceAccountName: string;
  /** Pattern of the pod's name, in addition. Default: any pod that runs as the ServiceAccount. */
  podName?: string;
}

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

/** Namespace and name of the ServiceAccount that a `sub` names; undefined for any other `sub`. */
export function serviceAccountOf(sub: unknown): { namespace: string; serviceAccountName: string } | undefined {
  const [, namespace, serviceAccountName] =
    /^system:serviceaccount:([^:]+):([^:]+)$/.exec(typeof sub === "string" ? sub : "") ?? [];
  return namespace !== undefined && serviceAccountName !== undefined ? { namespace, serviceAccountName } : undefined;
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

/** Names of pods (RFC 1123 subdomain) and wildcards. */
const POD_PATTERN = /^[a-z0-9.*?-]+$/;

/** What the tokens of every cluster have in common. */
export const cluster = {
  urls: [],
  // One owner hands out all namespaces.
  multiTenant: false,
  subjects: [
    {
      ...{ start: "system:serviceaccount:", end: ":", ofOneOwner: true },
      parts: ["", "", "the namespace", "the ServiceAccount"],
    },
  ],
  // Kubernetes documentation, "Managing Service Accounts": schema of private claims.
  claims: {
    ...REGISTERED,
    '"kubernetes.io".namespace': { is: "name", identifies: "tenant", tenantEnd: "" },
    '"kubernetes.io".serviceaccount.uid': { is: "id", identifies: "subject" },
    ...each("name", '"kubernetes.io".serviceaccount.name', '"kubernetes.io".secret.name'),
    // Everybody who may create a pod in the namespace chooses its name.
    ...each("name", '"kubernetes.io".pod.name', '"kubernetes.io".node.name'),
    ...each("id", '"kubernetes.io".pod.uid', '"kubernetes.io".node.uid', '"kubernetes.io".secret.uid'),
    ...each("verified", '"kubernetes.io".warnafter'),
  },
  suggested: ['"kubernetes.io".namespace', '"kubernetes.io".serviceaccount.name', '"kubernetes.io".serviceaccount.uid'],
  audience: { rule: "the audience of the projected volume or of the TokenRequest; always a list" },
  getToken: "a projected volume with a serviceAccountToken source writes it to a file in the pod and renews it there",

  /**
   * `sub` names namespace and ServiceAccount.
   *
   * @throws OidcRunnerError `NAMESPACE_INVALID`, `SERVICE_ACCOUNT_NAME_INVALID`, `SUBJECT_INVALID`
   */
  rules({ namespace, serviceAccountName, podName }, where) {
    checkNamespace(namespace ?? "");
    checkServiceAccountName(serviceAccountName ?? "");
    const rules: Record<string, string> = { sub: serviceAccountSubject(namespace, serviceAccountName) };
    if (podName !== undefined) {
      checkPattern(podName, `${where}.podName`, POD_PATTERN, "give a pod's name or a pattern such as runner-*");
      rules['"kubernetes.io".pod.name'] = podName;
    }
    return [rules];
  },

  neighbours(claims, open = []) {
    const [namespace = "", serviceAccountName = ""] = claimValues(claims, ["sub"])[0]?.split(":").slice(2) ?? [];
    const [issuerUrl = ""] = claimValues(claims, ["iss"]);
    const [audience = ""] = claimValues(claims, ["aud"]);
    const [podName] = claimValues(claims, ["kubernetes.io", "pod", "name"]);
    const like = {
      serviceAccountName: (name: string) => [...namesLike(name), "default-neighbour"],
      namespace: namesLike,
      audience: (aud: string) => [`${aud}-2`, "https://kubernetes.default.svc", "sts.amazonaws.com"],
    };
    return nearMisses<PodIdentity>(
      { issuerUrl, namespace, serviceAccountName, audience, podName },
      like,
      open,
      podClaims,
    );
  },
} satisfies Omit<IssuerRecord<string, KubernetesSubject>, "key" | "name" | "signs">;

/** A cluster with an issuer of its own, or with the default one; tokens are known by their claims, as the URL can be any. */
export const kubernetes: IssuerRecord<"kubernetes", KubernetesSubject> = {
  ...cluster,
  key: "kubernetes",
  name: "a Kubernetes cluster",
  signs: isDefaultIssuer,
};
