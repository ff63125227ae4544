import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../../pulumi-cloud/issuers";
import { outputOf } from "../../resources";
import { agentPodTemplate } from "../../workload/kinds";
import { mergePodTemplate, type PodTemplate } from "../../workload/patch";
import { type PodArguments, type PodParts, podTemplate } from "../../workload/pod";
import type { RunnerArgs } from "./args";
import type { RunnerContext, UserPod } from "./context";
import type { EntrypointNames } from "./entrypoint";

/** What the user says of a runner's pod. A field that `PodArguments` gets is asked for here and of `RunnerArgs`. */
export function userPod(args: RunnerArgs): pulumi.Output<UserPod> {
  const {
    image,
    command,
    env,
    secretEnv,
    resources,
    nodeSelector,
    tolerations,
    script,
    podTemplate: patch,
    triggers,
  } = args;
  const pod: { [K in keyof Required<PodArguments>]: RunnerArgs[K] } = {
    ...{ image, command, env, secretEnv, resources, nodeSelector, tolerations },
  };
  return outputOf({ pod: defined(pod), script, podTemplate: patch, triggers }) as pulumi.Output<UserPod>;
}

/** The pod template of a runner that exchanges its token by the entrypoint, with the user's merged in. */
export function runnerTemplate(
  { kind, plan, pod }: RunnerContext,
  [scripts, files]: EntrypointNames,
  identity: pulumi.Output<PodParts> | undefined,
): pulumi.Output<PodTemplate> {
  const restartPolicy = kind === "deployment" ? "Always" : "Never";
  return pulumi.all([pod, plan, identity, scripts, files]).apply(([user, values, parts, ...names]) => {
    const more = {
      configMapNames: names.filter((one) => one !== undefined),
      hasScript: user.script !== undefined,
      identity: parts,
      restartPolicy,
    } as const;
    const template = podTemplate({
      ...values,
      ...user.pod,
      ...more,
      labels: values.ownLabels,
      annotations: annotationsOf(user),
    });
    return mergePodTemplate(template, user.podTemplate ?? {});
  });
}

function annotationsOf({ triggers }: UserPod): Record<string, string> {
  if (triggers === undefined) {
    return {};
  }
  const digest = createHash("sha256").update(JSON.stringify(triggers)).digest("hex").slice(0, 16);
  return { "pulumi-oidc-runner/triggers": digest };
}

/** What an agent's pod template is made from, besides what every runner's is. */
export interface AgentParts {
  /** Files of the ConfigMap. */
  files: pulumi.Output<Record<string, string>>;
  configMapName: pulumi.Output<string> | undefined;
  workerServiceAccountName: pulumi.Output<string>;
}

/** The pod template of an agent, with the user's merged in. */
export function agentTemplate(
  { plan, pod }: RunnerContext,
  { files, configMapName, workerServiceAccountName }: AgentParts,
): pulumi.Output<PodTemplate> {
  return pulumi
    .all([pod, plan, configMapName, files, workerServiceAccountName])
    .apply(([user, values, configMap, data, workerName]) => {
      const agent = { agent: values.agent ?? {}, files: Object.keys(data), workerServiceAccountName: workerName };
      const more = {
        labels: values.ownLabels,
        annotations: annotationsOf(user),
        configMapName: configMap,
        restartPolicy: "Always",
      } as const;
      return mergePodTemplate(agentPodTemplate({ ...values, ...user.pod, ...agent, ...more }), user.podTemplate ?? {});
    });
}
