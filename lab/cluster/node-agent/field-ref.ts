import type { Pod } from "./pod";

/** Every pod of the lab uses the host's loopback. */
const ADDRESS = "127.0.0.1";

/**
 * Value of a `fieldRef` (downward API). A missing label or annotation is empty, as in the kubelet.
 *
 * @throws Error for a path the kubelet would not know either
 */
export function fieldValue(pod: Pod, fieldPath: string): string {
  const entry = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath);
  if (entry !== null) {
    return pod.metadata[entry[1] as "labels" | "annotations"]?.[entry[2]!] ?? "";
  }
  switch (fieldPath) {
    case "metadata.name":
    case "metadata.namespace":
    case "metadata.uid":
      return pod.metadata[fieldPath.slice("metadata.".length) as "name" | "namespace" | "uid"];
    case "metadata.labels":
    case "metadata.annotations":
      return formatMap(pod.metadata[fieldPath.slice("metadata.".length) as "labels" | "annotations"] ?? {});
    case "spec.nodeName":
      return pod.spec.nodeName ?? "";
    case "spec.serviceAccountName":
      return pod.spec.serviceAccountName ?? "";
    case "status.podIP":
    case "status.podIPs":
    case "status.hostIP":
    case "status.hostIPs":
      return ADDRESS;
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`);
  }
}

function formatMap(map: Record<string, string>): string {
  const keys = Object.keys(map).sort();
  return keys.map((key) => `${key}=${JSON.stringify(map[key])}`).join("\n");
}
