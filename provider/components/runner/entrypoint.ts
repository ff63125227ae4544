import * as pulumi from "@pulumi/pulumi";
import { outputOf } from "../../resources";
import { contentHash, entrypointScripts, runnerFiles } from "../../workload/entrypoint";
import {
  configMapClass,
  createLastingConfigMap,
  type LastingContext,
  type OncePerNamespace,
  oncePerNamespace,
  sharedLabels,
} from "../kubernetes";
import { perRun } from "../lib";
import type { RunnerContext } from "./context";

const scriptsInRun = perRun<OncePerNamespace<pulumi.Output<string>>>(() => []);

/** Options that a runner's children have, and what is shared would not have. */
const OWN_OPTIONS = ["parent", "protect", "retainOnDelete", "deletedWith", "transforms", "transformations"] as const;

/** Names of the ConfigMaps in the entrypoint's directory: the scripts', and the runner's own, if it has a script or certificates. */
export type EntrypointNames = [scripts: pulumi.Output<string>, files?: pulumi.Output<string>];

/** Makes both ConfigMaps, or uses the scripts that are there. */
export function createEntrypoint(context: RunnerContext): EntrypointNames {
  const { script, caCertificates } = context.args;
  const isShared = !OWN_OPTIONS.some((option) => context.given[option]);
  const scripts = isShared ? sharedScripts(context) : createScripts(context, context.childName);
  return script === undefined && caCertificates === undefined ? [scripts] : [scripts, createFiles(context)];
}

/**
 * The scripts that all runners of a namespace share, because they are 40 kB and an object is three times in the state. They are
 * the stack's, and wait for what the first runner waits for: by its URN, because as an Output of the runner it would wait
 * for the runner's children.
 */
function sharedScripts({
  args,
  childName,
  plan,
  namespace,
  options: { parent },
}: RunnerContext): pulumi.Output<string> {
  const provider = parent.getProvider("kubernetes:core/v1:ConfigMap");
  return oncePerNamespace(scriptsInRun(), args, { childName, provider }, (resourceName) => {
    const registered = new Promise<string>((resolve) => parent.urn.apply(resolve));
    const labels = plan.labels.apply(sharedLabels);
    const place = pulumi.all([namespace, registered]).apply(([name]) => name);
    return createScripts({ labels, namespace: place, options: { provider } }, resourceName);
  });
}

function createScripts(place: Omit<LastingContext, "childName">, resourceName: string): pulumi.Output<string> {
  const context = { ...place, childName: `${resourceName}-entrypoint` };
  return createLastingConfigMap(pulumi.output(entrypointScripts()), context).metadata.name;
}

function createFiles(context: RunnerContext): pulumi.Output<string> {
  const { script, caCertificates } = context.args;
  const data = context.plan.apply(() => outputOf({ script, caCertificates }).apply(runnerFiles));
  return (context.kind === "job" ? createFilesOfJob : createLastingConfigMap)(data, context).metadata.name;
}

/** A Job's ConfigMap, named by its content: a change makes a new one, and the old one goes with the old Job. */
function createFilesOfJob(data: pulumi.Output<Record<string, string>>, context: RunnerContext) {
  const { childName, labels, namespace, options } = context;
  const name = data.apply((entries) => `${childName}-${contentHash(entries)}`);
  return new (configMapClass())(childName, { metadata: { name, namespace, labels }, data, immutable: true }, options);
}
