import type { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type * as pulumi from "@pulumi/pulumi";
import { contentHash } from "../../workload/entrypoint";
import { peer } from "../lib";

import type { WorkloadParts } from "./context";

type Parts = Pick<WorkloadParts, "childName" | "labels" | "namespace"> & { parent: pulumi.Resource };

/** A Job's ConfigMap, named by its content: a change makes a new one, and the old one goes with the old Job. */
export function createConfigMap(data: pulumi.Output<Record<string, string>>, parts: Parts): ConfigMap {
  const { childName, labels, namespace, parent } = parts;
  const name = data.apply((entries) => `${childName}-${contentHash(entries)}`);
  return new (configMapClass())(
    childName,
    { metadata: { name, namespace, labels }, data, immutable: true },
    { parent },
  );
}

/**
 * The ConfigMap of a CronJob or Deployment. A change makes a new one, and the old one stays, because it is still needed by
 * retries of a run that is under way and by the revisions that `kubectl rollout undo` goes back to.
 *
 * Pulumi forgets the old one without deleting it (`retainOnDelete`, which holds for replacements too: pulumi/pulumi at 1b59498,
 * pkg/resource/deploy/step.go, DeleteStep). All of them are owned by an empty ConfigMap that lives as long as the runner, so
 * Kubernetes' garbage collector deletes them after it. The workload itself can't be their owner: its pods wait for the
 * ConfigMap, and Pulumi waits for the pods. Names are Pulumi's own and never the same again, because the Kubernetes provider
 * creates no object that is there already (pulumi-kubernetes 4.29.0), as one of an earlier content would be.
 */
export function createLastingConfigMap(data: pulumi.Output<Record<string, string>>, parts: Parts): ConfigMap {
  const { childName, labels, namespace, parent } = parts;
  const Class = configMapClass();
  const owner = new Class(`${childName}-owner`, { metadata: { namespace, labels } }, { parent });
  const { name, uid } = owner.metadata;
  const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name, uid }];
  return new Class(
    childName,
    { metadata: { namespace, labels, ownerReferences }, data, immutable: true },
    { parent, retainOnDelete: true },
  );
}

function configMapClass() {
  return peer(
    "@pulumi/kubernetes",
    () => require("@pulumi/kubernetes/core/v1/configMap") as typeof import("@pulumi/kubernetes/core/v1/configMap"),
  ).ConfigMap;
}
