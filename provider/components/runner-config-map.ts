import type { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type * as pulumi from "@pulumi/pulumi";
import { contentHash } from "../workload/entrypoint-data";
import { peer } from "./peer";
import type { WorkloadParts } from "./runner-workload";

/**
 * A ConfigMap named by its content: a change makes a new one, which the workload then names, and the old one goes only when
 * no pod of the workload needs it.
 */
export function createConfigMap(
  data: pulumi.Output<Record<string, string>>,
  parts: Pick<WorkloadParts, "childName" | "labels" | "namespace"> & { parent: pulumi.Resource },
): ConfigMap {
  const { childName, labels, namespace, parent } = parts;
  const kubernetes = peer(
    "@pulumi/kubernetes",
    () => require("@pulumi/kubernetes/core/v1/configMap") as typeof import("@pulumi/kubernetes/core/v1/configMap"),
  );
  const name = data.apply((entries) => `${childName}-${contentHash(entries)}`);
  return new kubernetes.ConfigMap(
    childName,
    { metadata: { name, namespace, labels }, data, immutable: true },
    { parent },
  );
}
