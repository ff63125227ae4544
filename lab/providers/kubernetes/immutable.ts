import type { Properties } from "../../../plugin/server";
import type { DiffSettings } from "./settings";

// Fields the API server refuses to change, and those the official provider replaces for (pods do not notice a changed
// ConfigMap or Secret, so it makes a new one by default).
const FIELDS: Record<string, string[]> = {
  "apps/DaemonSet": ["spec.selector"],
  "apps/Deployment": ["spec.selector"],
  "apps/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "/PersistentVolume": ["spec.csi", "spec.hostPath", "spec.local", "spec.nfs"],
  "/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "/Pod": ["spec"],
  "/ResourceQuota": ["spec.scopes"],
  "/Service": ["spec.clusterIP"],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
};

const CONFIG_MAP = ["binaryData", "data"];
const SECRET = ["type", "stringData", "data"];
const ALWAYS = ["metadata.name", "metadata.namespace"];

/** Paths, as lists of keys, whose change needs a new object. */
export function forceNewPaths(olds: Properties, news: Properties, settings: DiffSettings): string[][] {
  const apiVersion = String(news.apiVersion);
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  const name = `${group}/${String(news.kind)}`;
  const immutable = olds.immutable === true;
  const fields = [...ALWAYS, ...(FIELDS[name] ?? [])];
  if (name === "/ConfigMap" && (immutable || !settings.enableConfigMapMutable)) {
    fields.push(...CONFIG_MAP);
  }
  if (name === "/Secret") {
    fields.push(...(immutable || !settings.enableSecretMutable ? SECRET : ["type"]));
  }
  // Once set, `immutable` cannot be taken back.
  if (immutable) {
    fields.push("immutable");
  }
  return fields.map((field) => field.split("."));
}
