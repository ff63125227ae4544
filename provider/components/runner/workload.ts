import type { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import type { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob";
import type { Job } from "@pulumi/kubernetes/batch/v1/job";
import * as pulumi from "@pulumi/pulumi";
import {
  cronJobSpec,
  type DeploymentOptions,
  deploymentSpec,
  deploymentWaitSeconds,
  type JobOptions,
  jobSpec,
  jobWaitSeconds,
  RUN_INPUTS_ANNOTATION,
} from "../../workload/kinds";
import type { PodTemplate } from "../../workload/patch";
import { type KubernetesObject, selectorLabels } from "../../workload/pod";
import { peer } from "../lib";
import type { WorkloadParts } from "./context";
import type { RunnerPlan } from "./plan";
import type { Workload, WorkloadKind } from "./workload-kind";

/** Makes the Job, CronJob or Deployment around a pod template. */
export function createWorkload(parts: WorkloadParts): Job | CronJob | Deployment {
  const { childName, kind, plan, namespace, labels, template, options } = parts;
  const metadata = { namespace, labels };
  const spec = pulumi
    .all([template, plan.workload, labels])
    .apply(([pod, settings, own]) => specOf(kind, pod, settings, own, childName)) as never;
  switch (kind) {
    case "job": {
      const kubernetes = peer(
        "@pulumi/kubernetes",
        () => require("@pulumi/kubernetes/batch/v1/job") as typeof import("@pulumi/kubernetes/batch/v1/job"),
      );
      return new kubernetes.Job(
        childName,
        { metadata: { ...metadata, annotations: jobAnnotations(parts) }, spec },
        { ...options, ...JOB_OPTIONS },
      );
    }
    case "cronJob": {
      const kubernetes = peer(
        "@pulumi/kubernetes",
        () => require("@pulumi/kubernetes/batch/v1/cronJob") as typeof import("@pulumi/kubernetes/batch/v1/cronJob"),
      );
      return new kubernetes.CronJob(childName, { metadata, spec }, options);
    }
    default: {
      const kubernetes = peer(
        "@pulumi/kubernetes",
        () =>
          require("@pulumi/kubernetes/apps/v1/deployment") as typeof import("@pulumi/kubernetes/apps/v1/deployment"),
      );
      const wait = pulumi
        .all([template, plan.workload])
        .apply(([pod, settings]) => String(deploymentWaitSeconds(pod, settings as DeploymentOptions)));
      const annotations = { "pulumi.com/timeoutSeconds": wait };
      return new kubernetes.Deployment(childName, { metadata: { ...metadata, annotations }, spec }, options);
    }
  }
}

/**
 * The official provider (pulumi/pulumi-kubernetes at f47bc2d6f199, provider/pkg):
 * - is told to wait 10 minutes for a Job, or what the option customTimeouts says, or else what `pulumi.com/timeoutSeconds`
 *   says (await/await.go, Creation; metadata/overrides.go, TimeoutDuration). Only a wait below a minute is kept today
 *   (await/job.go starts its timer again with every event, and informers/factory.go sends one a minute): the annotation is
 *   for the day on which that is mended;
 * - with `pulumi.com/replaceUnready` replaces a Job that is not complete, one that still runs as well as one that failed
 *   (provider/provider.go, Diff), so that a mended policy is tried again.
 */
function jobAnnotations({ template, plan, runInputs }: WorkloadParts) {
  const wait = pulumi.all([template, plan.workload]).apply(([pod, job]) => jobWaitSeconds(pod, job as JobOptions));
  return {
    "pulumi.com/replaceUnready": "true",
    "pulumi.com/timeoutSeconds": wait.apply(String),
    [RUN_INPUTS_ANNOTATION]: runInputs,
  };
}

/**
 * A Job is run again when its digest changes, and only then: its spec, which holds our defaults too, is taken as it was.
 * When the Job is replaced, for this or another reason, its spec is the program's (pulumi/pulumi at pkg/v3.259.0,
 * pkg/resource/deploy/step_generator.go: continueStepsFromDiff checks goal.Properties, without ignoreChanges).
 *
 * The old Job goes first: its name is generated, so otherwise both would run. The official provider deletes in the
 * foreground and waits (await/await.go, Deletion; metadata/overrides.go, DeletionPropagation), until its pods have ended.
 */
const JOB_OPTIONS = {
  deleteBeforeReplace: true,
  ignoreChanges: ["spec"],
  replaceOnChanges: [`metadata.annotations["${RUN_INPUTS_ANNOTATION}"]`],
} satisfies pulumi.CustomResourceOptions;

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
    case "cronJob":
      return cronJobSpec(pod, settings as Workload["cronJob"], labels);
    case "deployment":
    case "agent":
      return deploymentSpec(pod, settings as Workload["deployment"], selectorLabels(childName));
  }
}
