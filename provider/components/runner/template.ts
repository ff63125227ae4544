import * as pulumi from "@pulumi/pulumi";
import { mergePodTemplate, type PodTemplate } from "../../workload/patch";
import { type PodParts, podTemplate } from "../../workload/pod";
import type { Work } from "./command";

import type { WorkloadParts } from "./context";
import type { WorkloadKind } from "./workload-kind";

/** The pod template of a runner that exchanges its token by the entrypoint, with the user's merged in. */
export function runnerTemplate(
  kind: WorkloadKind,
  { plan, work, labels }: Pick<WorkloadParts, "plan" | "labels"> & { work: pulumi.Output<Work> },
  configMapName: pulumi.Output<string>,
  identity: pulumi.Output<PodParts> | undefined,
): pulumi.Output<PodTemplate> {
  const restartPolicy = kind === "deployment" ? "Always" : "Never";
  return pulumi
    .all([work, plan, labels, configMapName, identity])
    .apply(([{ podTemplate: patch, script, ...given }, values, own, configMap, parts]) => {
      const hasScript = script !== undefined;
      const more = { configMapName: configMap, hasScript, identity: parts, restartPolicy } as const;
      return mergePodTemplate(podTemplate({ ...values, ...given, ...more, labels: own }), patch);
    });
}
