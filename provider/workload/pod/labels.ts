import { createHash } from "node:crypto";

/** What the objects of a component are called in the label `app.kubernetes.io/name`. */
export type AppName = "oidc-runner" | "verified-service";

/** Kubernetes' recommended labels ("Recommended Labels"), for every object of a runner or a service. */
export function recommendedLabels(instance: string, name?: AppName): Record<string, string> {
  return { ...selectorLabels(instance, name), "app.kubernetes.io/managed-by": "pulumi" };
}

/** Those of them by which a Deployment finds its pods; they can't be changed once it exists. */
export function selectorLabels(instance: string, name: AppName = "oidc-runner"): Record<string, string> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance };
}

/** Longest name given to Kubernetes objects: leaves room for the suffixes of ConfigMap, Job and pod within 63. */
const MAXIMUM = 40;

/**
 * A Kubernetes name (RFC 1123 label, at most 40 characters) from a resource's name. A name that had to be changed ends
 * with a hash of the original, so that two names never become one.
 */
export function kubernetesName(name: string): string {
  if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= MAXIMUM) {
    return name;
  }
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 6);
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, MAXIMUM - 7)
    .replace(/-+$/, "");
  return `${label === "" ? "runner" : label}-${hash}`;
}
