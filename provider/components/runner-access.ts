import * as pulumi from "@pulumi/pulumi";
import { peer } from "./peer";
import type { RunnerArgs } from "./runner-args";
import type { CloudIdentity } from "./runner-children";
import type { WorkloadParts } from "./runner-workload";

type Parts = Pick<WorkloadParts, "childName" | "plan" | "labels"> & { parent: pulumi.ComponentResource };

/** The runner's namespace: one that is made, or the name of one that is there. */
export function createNamespace(args: RunnerArgs, { childName, plan, labels, parent }: Parts): pulumi.Output<string> {
  const { namespace } = plan.trust;
  if (!args.createNamespace) {
    return namespace;
  }
  const { Namespace } = peer(
    "@pulumi/kubernetes",
    () => require("@pulumi/kubernetes/core/v1/namespace") as typeof import("@pulumi/kubernetes/core/v1/namespace"),
  );
  const enforced = labels.apply((own) => ({ ...own, "pod-security.kubernetes.io/enforce": "restricted" }));
  return new Namespace(childName, { metadata: { name: namespace, labels: enforced } }, { parent }).metadata.name;
}

/** The ServiceAccount that is trusted: one that is made, or the name of one that is there. */
export function createServiceAccount(
  args: RunnerArgs,
  { childName, plan, labels, parent }: Parts,
  namespace: pulumi.Input<string>,
  identity: CloudIdentity,
): { name: pulumi.Output<string>; resources: pulumi.Resource[] } {
  const { serviceAccountName } = plan.trust;
  if (args.createServiceAccount === false) {
    for (const key of identity.annotationsNeeded ? Object.keys(identity.annotations ?? {}) : []) {
      // The engine shows it; nobody waits for the log call.
      void pulumi.log.warn(
        `SERVICE_ACCOUNT_NOT_ANNOTATED: the ServiceAccount is not made here, and its identity needs the annotation ${key}. Fix: set it where the ServiceAccount is made, or leave createServiceAccount out`,
        parent,
      );
    }
    return { name: serviceAccountName, resources: [] };
  }
  const { ServiceAccount } = peer(
    "@pulumi/kubernetes",
    () =>
      require("@pulumi/kubernetes/core/v1/serviceAccount") as typeof import("@pulumi/kubernetes/core/v1/serviceAccount"),
  );
  const made = new ServiceAccount(
    childName,
    {
      metadata: { name: serviceAccountName, namespace, labels, annotations: identity.annotations },
      automountServiceAccountToken: false,
    },
    { parent },
  );
  return { name: made.metadata.name, resources: [made] };
}
