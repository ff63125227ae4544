import assert from "node:assert/strict";
import type { Registered } from "../../helpers/pulumi-mocks";
import { autoName } from "../../provider/components/options/observe";

/** An object as Pulumi's Kubernetes provider would apply it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** A pod with what the tests look at. */
export interface BarePod extends KubernetesObject {
  spec: { serviceAccountName: string; containers: { name: string; [field: string]: unknown }[] };
}

interface Template {
  metadata: object;
  spec: BarePod["spec"];
}

/** The Kubernetes objects among registered resources; those without a name get one as the provider gives it. */
export function kubernetesObjects(resources: readonly Registered[]): KubernetesObject[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ type, name, inputs }) => {
      const [, version = "", kind = ""] = type.split(":");
      const { metadata, ...rest } = inputs as { metadata: Partial<KubernetesObject["metadata"]> };
      const apiVersion = version.replace(/^core\//, "");
      return { ...rest, apiVersion, kind, metadata: { ...metadata, name: metadata.name ?? autoName(name) } };
    });
}

/** The pod that a workload's controller would make: the API server accepts workloads whose pods it will refuse. */
export function podsOf(objects: readonly KubernetesObject[]): BarePod[] {
  return objects.flatMap((object) => {
    const template = templateOf(object);
    if (template === undefined) {
      return [];
    }
    const { name, namespace } = object.metadata;
    const metadata = { ...template.metadata, name: `${name}-x7k2p`, namespace };
    return [{ apiVersion: "v1", kind: "Pod", metadata, spec: template.spec }];
  });
}

function templateOf({ kind, spec }: KubernetesObject): Template | undefined {
  switch (kind) {
    case "Job":
    case "Deployment":
      return (spec as { template: Template }).template;
    case "CronJob":
      return (spec as { jobTemplate: { spec: { template: Template } } }).jobTemplate.spec.template;
    default:
      assert.ok(!JSON.stringify(spec ?? {}).includes('"containers"'), `${kind} has pods that are not looked at`);
      return undefined;
  }
}
