import * as pulumi from "@pulumi/pulumi";
import {
  cronJobSpec,
  deploymentSpec,
  deploymentWaitSeconds,
  jobSpec,
  jobWaitSeconds,
  RUN_INPUTS_ANNOTATION,
} from "../../workload/kinds";
import type { PodTemplate } from "../../workload/patch";
import { type KubernetesObject, selectorLabels } from "../../workload/pod";
import type { KubernetesClass } from "../kubernetes";
import { peer } from "../lib";
import type { RunnerContext } from "./context";

/** Makes the Job, CronJob or Deployment around a pod template. */
export function createWorkload(
  { childName, kind, plan, namespace, labels }: RunnerContext,
  template: pulumi.Output<PodTemplate>,
  runInputs: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): InstanceType<KubernetesClass> {
  const metadata = { namespace, labels };
  const all = pulumi.all([template, plan]);
  switch (kind) {
    case "job": {
      const { Job } = peer(
        "@pulumi/kubernetes",
        () => require("@pulumi/kubernetes/batch/v1/job") as { Job: KubernetesClass },
      );
      const wait = all.apply(([pod, { job = {} }]) => String(jobWaitSeconds(pod, job)));
      const annotations = jobAnnotations(wait, runInputs);
      const spec = all.apply(([pod, { job }]) => jobSpec({ ...pod }, job));
      return new Job(childName, { metadata: { ...metadata, annotations }, spec }, { ...options, ...JOB_OPTIONS });
    }
    case "cronJob": {
      const { CronJob } = peer(
        "@pulumi/kubernetes",
        () => require("@pulumi/kubernetes/batch/v1/cronJob") as { CronJob: KubernetesClass },
      );
      const spec = all.apply(
        ([pod, { cronJob, ownLabels }]): KubernetesObject =>
          cronJob === undefined ? {} : cronJobSpec({ ...pod }, cronJob, ownLabels),
      );
      return new CronJob(childName, { metadata, spec }, options);
    }
    case "deployment":
    case "agent": {
      const { Deployment } = peer(
        "@pulumi/kubernetes",
        () => require("@pulumi/kubernetes/apps/v1/deployment") as { Deployment: KubernetesClass },
      );
      const wait = all.apply(([pod, { [kind]: settings = {} }]) => String(deploymentWaitSeconds(pod, settings)));
      const annotations = { "pulumi.com/timeoutSeconds": wait };
      const selector = selectorLabels(childName);
      const spec = all.apply(([pod, { [kind]: settings = {} }]) => deploymentSpec({ ...pod }, settings, selector));
      return new Deployment(childName, { metadata: { ...metadata, annotations }, spec }, options);
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
function jobAnnotations(wait: pulumi.Output<string>, runInputs: pulumi.Output<string>) {
  return {
    "pulumi.com/replaceUnready": "true",
    "pulumi.com/timeoutSeconds": wait,
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
