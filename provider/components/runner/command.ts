import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { PodTemplatePatch } from "../../workload/patch";

import { checkWork, type PodOptions } from "../../workload/pod";
import type { RunnerArgs } from "./args";

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
  script?: string;
  triggers?: string[];
  podTemplate: PodTemplatePatch;
}

/** What all kinds of pods take from the user, checked. */
export function workOf(args: RunnerArgs): pulumi.Output<Work> {
  const { image, command, script, env, secretEnv, resources, nodeSelector, tolerations, podTemplate, triggers } = args;
  return pulumi
    .output({ image, command, script, env, secretEnv, resources, nodeSelector, tolerations, podTemplate, triggers })
    .apply((given): Work => {
      checkWork(given);
      const annotations: Record<string, string> =
        given.triggers === undefined ? {} : { "pulumi-oidc-runner/triggers": digest(given.triggers) };
      return { ...given, annotations, podTemplate: (given.podTemplate ?? {}) as PodTemplatePatch } as Work;
    });
}

function digest(triggers: string[]): string {
  return createHash("sha256").update(JSON.stringify(triggers)).digest("hex").slice(0, 16);
}
