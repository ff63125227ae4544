import type { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../../workload/pod";
import { type ChildOptions, peer } from "../lib";
import { explainMissingNamespace } from "./namespace";

/** What the objects of a runner or a service have in common. */
export interface ObjectContext {
  childName: string;
  labels: pulumi.Output<Record<string, string>>;
  namespace: pulumi.Output<string>;
  options: ChildOptions;
}

/** What a ConfigMap that lasts is made in; it need not be a component's child. */
export type LastingContext = Omit<ObjectContext, "options"> & { options: pulumi.CustomResourceOptions };

/** A class of the Kubernetes SDK, for objects whose schema is the API server's business. */
export type KubernetesClass = new (
  name: string,
  args: { metadata: pulumi.Inputs; spec?: pulumi.Output<KubernetesObject>; rules?: KubernetesObject[] },
  options: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & { readonly metadata: pulumi.Output<{ name: string }> };

/** A ServiceAccount whose pods get no token of the Kubernetes API unless they ask for it. */
export function makeServiceAccount(name: string, metadata: pulumi.Inputs, options: ChildOptions): ServiceAccount {
  const { ServiceAccount: Class } = peer(
    "@pulumi/kubernetes",
    () =>
      require("@pulumi/kubernetes/core/v1/serviceAccount") as typeof import("@pulumi/kubernetes/core/v1/serviceAccount"),
  );
  return new Class(
    name,
    { metadata, automountServiceAccountToken: false },
    { ...options, ...explainMissingNamespace() },
  );
}

/**
 * A ConfigMap of files that pods read. A change makes a new one, and the old one stays, because it is still needed by
 * retries of a run that is under way and by the revisions that `kubectl rollout undo` goes back to.
 *
 * Pulumi forgets the old one without deleting it (`retainOnDelete`, which holds for replacements too: pulumi/pulumi at 1b59498,
 * pkg/resource/deploy/step.go, DeleteStep). All of them are owned by an empty ConfigMap that lives as long as the runner, so
 * Kubernetes' garbage collector deletes them after it. The workload itself can't be their owner: its pods wait for the
 * ConfigMap, and Pulumi waits for the pods. Names are Pulumi's own and never the same again, because the Kubernetes provider
 * creates no object that is there already (pulumi-kubernetes 4.29.0), as one of an earlier content would be.
 */
export function createLastingConfigMap(
  data: pulumi.Output<Record<string, string>>,
  context: LastingContext,
): ConfigMap {
  const { childName, labels, namespace, options } = context;
  const Class = configMapClass();
  const owner = new Class(
    `${childName}-owner`,
    { metadata: { namespace, labels } },
    { ...options, ...explainMissingNamespace() },
  );
  const { name, uid } = owner.metadata;
  const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name, uid }];
  return new Class(
    childName,
    { metadata: { namespace, labels, ownerReferences }, data, immutable: true },
    { ...options, retainOnDelete: true },
  );
}

/** The class of ConfigMaps. */
export function configMapClass() {
  return peer(
    "@pulumi/kubernetes",
    () => require("@pulumi/kubernetes/core/v1/configMap") as typeof import("@pulumi/kubernetes/core/v1/configMap"),
  ).ConfigMap;
}
