import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner, type KubernetesOidcRunnerArgs } from "pulumi-oidc-runner";

const config = new pulumi.Config();
const common = config.requireObject<Partial<KubernetesOidcRunnerArgs>>("common");
const runners = config.requireObject<Record<string, object>>("runners");

/** What a platform team would do to every object: a label, and more patience. */
const transform: pulumi.ResourceTransform = ({ type, props, opts }) => {
  const inputs = props as { metadata?: { labels?: object } };
  const labelled = { ...inputs, metadata: { ...inputs.metadata, labels: { ...inputs.metadata?.labels, seen: "yes" } } };
  return {
    props: type.startsWith("kubernetes:") ? labelled : inputs,
    opts: pulumi.mergeOptions(opts, { customTimeouts: { create: "77s" } }),
  };
};

/** Names of the workloads. */
export const names = Object.fromEntries(
  Object.entries(runners).map(([name, args]) => {
    const runner = new KubernetesOidcRunner(name, { ...common, ...args } as KubernetesOidcRunnerArgs, {
      transforms: [transform],
    });
    return [name, runner.workloadName];
  }),
);
