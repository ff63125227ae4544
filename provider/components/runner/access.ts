import * as pulumi from "@pulumi/pulumi";
import { peer } from "../lib";
import type { RunnerArgs } from "./args";
import type { CloudIdentity, WorkloadParts } from "./context";

type Parts = Pick<WorkloadParts, "childName" | "plan" | "labels"> & { parent: pulumi.ComponentResource };

/** The ServiceAccount that is trusted: one that is made, or the name of one that is there. */
export function createServiceAccount(
  args: RunnerArgs,
  { childName, plan, labels, parent }: Parts,
  namespace: pulumi.Input<string>,
  identity: CloudIdentity,
): { name: pulumi.Output<string>; resources: pulumi.CustomResource[] } {
  const { serviceAccountName } = plan.trust;
  if (args.createServiceAccount === false) {
    if (identity.annotationsNeeded) {
      warnNotAnnotated(
        pulumi.output({ annotations: identity.annotations, namespace, name: serviceAccountName }),
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

/** Says how to give a ServiceAccount, which is not ours to change, what its cloud identity needs. */
function warnNotAnnotated(
  known: pulumi.Output<{ annotations?: Record<string, string>; namespace: string; name: string }>,
  parent: pulumi.Resource,
): void {
  known.apply(({ annotations = {}, namespace, name }) => {
    const values = Object.entries(annotations).map(([key, value]) => `${key}=${value}`);
    // The engine shows it; nobody waits for the log call.
    void pulumi.log.warn(
      `SERVICE_ACCOUNT_NOT_ANNOTATED: the ServiceAccount ${namespace}/${name} is not made here, and its cloud identity needs an annotation. Fix: kubectl annotate serviceaccount ${name} --namespace=${namespace} --overwrite ${values.join(" ")}`,
      parent,
    );
  });
}
