import * as pulumi from "@pulumi/pulumi";
import { cronJobSpec } from "../workload/cron-job";
import { type DeploymentOptions, deploymentSpec, deploymentWaitSeconds } from "../workload/deployment";
import { jobSpec } from "../workload/job";
import { selectorLabels } from "../workload/labels";
import type { PodTemplate } from "../workload/merge-pod-template";
import type { KubernetesObject } from "../workload/pod-template";
import { peer } from "./peer";
import type { RunnerPlan } from "./runner-plan";
import type { Workload, WorkloadKind } from "./workload-kind";

/** Name of the workload that was made, and again under the name of its kind. */
export interface WorkloadNames {
  workloadName: pulumi.Output<string>;
  jobName?: pulumi.Output<string>;
  cronJobName?: pulumi.Output<string>;
  deploymentName?: pulumi.Output<string>;
}

/** What a workload is made from. */
export interface WorkloadParts {
  childName: string;
  kind: WorkloadKind;
  plan: pulumi.Output<RunnerPlan>;
  namespace: pulumi.Input<string>;
  labels: pulumi.Output<Record<string, string>>;
  template: pulumi.Output<PodTemplate>;
  options: pulumi.CustomResourceOptions;
}

/** Makes the Job, CronJob or Deployment around a pod template. */
export function createWorkload(parts: WorkloadParts): WorkloadNames {
  const { childName, kind, plan, namespace, labels, template, options } = parts;
  const metadata = { namespace, labels };
  const spec = pulumi
    .all([template, plan.workload, labels])
    .apply(([pod, settings, own]) => specOf(kind, pod, settings, own, childName)) as never;
  switch (kind) {
    case "job": {
      const { Job } = peer(
        "@pulumi/kubernetes",
        () => require("@pulumi/kubernetes/batch/v1/job") as typeof import("@pulumi/kubernetes/batch/v1/job"),
      );
      // A failed Job is made anew by the next update, so that a mended policy is tried again.
      const annotations = { "pulumi.com/replaceUnready": "true" };
      const { name } = new Job(childName, { metadata: { ...metadata, annotations }, spec }, options).metadata;
      return { workloadName: name, jobName: name };
    }
    case "schedule": {
      const { CronJob } = peer(
        "@pulumi/kubernetes",
        () => require("@pulumi/kubernetes/batch/v1/cronJob") as typeof import("@pulumi/kubernetes/batch/v1/cronJob"),
      );
      const { name } = new CronJob(childName, { metadata, spec }, options).metadata;
      return { workloadName: name, cronJobName: name };
    }
    default: {
      const { Deployment } = peer(
        "@pulumi/kubernetes",
        () =>
          require("@pulumi/kubernetes/apps/v1/deployment") as typeof import("@pulumi/kubernetes/apps/v1/deployment"),
      );
      const wait = pulumi
        .all([template, plan.workload])
        .apply(([pod, settings]) => String(deploymentWaitSeconds(pod, settings as DeploymentOptions)));
      const annotations = { "pulumi.com/timeoutSeconds": wait };
      const { name } = new Deployment(childName, { metadata: { ...metadata, annotations }, spec }, options).metadata;
      return { workloadName: name, deploymentName: name };
    }
  }
}

function specOf(
  kind: WorkloadKind,
  template: PodTemplate,
  settings: RunnerPlan["workload"],
  labels: Record<string, string>,
  childName: string,
): KubernetesObject {
  const pod = { ...template };
  switch (kind) {
    case "job":
      return jobSpec(pod, settings as Workload["job"]);
    case "schedule":
      return cronJobSpec(pod, settings as Workload["schedule"], labels);
    case "service":
    case "deploymentAgent":
      return deploymentSpec(pod, settings as Workload["service"], selectorLabels(childName));
  }
}
