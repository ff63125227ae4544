import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { checkWork } from "../workload/check-work";
import { mergePodTemplate, type PodTemplate, type PodTemplatePatch } from "../workload/merge-pod-template";
import type { PodParts } from "../workload/pod-parts";
import { type PodOptions, podTemplate } from "../workload/pod-template";
import type { RunnerArgs } from "./runner-args";
import type { WorkloadParts } from "./runner-workload";
import type { WorkloadKind } from "./workload-kind";

/** The pod template of a runner that exchanges its token by the entrypoint, with the user's merged in. */
export function runnerTemplate(
  args: RunnerArgs,
  kind: WorkloadKind,
  { plan, labels }: Pick<WorkloadParts, "plan" | "labels">,
  configMapName: pulumi.Output<string>,
  identity: pulumi.Output<PodParts> | undefined,
): pulumi.Output<PodTemplate> {
  const restartPolicy = kind === "service" ? "Always" : "Never";
  return pulumi
    .all([workOf(args), plan, labels, configMapName, identity, args.script])
    .apply(([{ podTemplate: patch, ...work }, values, own, configMap, parts, script]) => {
      const hasScript = script !== undefined;
      const more = { configMapName: configMap, hasScript, identity: parts, restartPolicy } as const;
      return mergePodTemplate(podTemplate({ ...values, ...work, ...more, labels: own }), patch);
    });
}

type WorkOption =
  | "image"
  | "command"
  | "env"
  | "secretEnv"
  | "resources"
  | "nodeSelector"
  | "tolerations"
  | "annotations";

/** What all kinds of pods take from the user. */
export interface Work extends Pick<PodOptions, WorkOption> {
  podTemplate: PodTemplatePatch;
}

/** What all kinds of pods take from the user, checked. */
export function workOf(args: RunnerArgs): pulumi.Output<Work> {
  const { image, command, env, secretEnv, resources, nodeSelector, tolerations, podTemplate: patch, triggers } = args;
  return pulumi
    .output({ image, command, env, secretEnv, resources, nodeSelector, tolerations, patch, triggers })
    .apply((given): Work => {
      checkWork(given);
      const { triggers: values, patch: template = {}, ...work } = given;
      const annotations: Record<string, string> =
        values === undefined ? {} : { "pulumi-oidc-runner/triggers": digest(values) };
      return { ...work, annotations, podTemplate: template as PodTemplatePatch } as Work;
    });
}

function digest(triggers: string[]): string {
  return createHash("sha256").update(JSON.stringify(triggers)).digest("hex").slice(0, 16);
}
