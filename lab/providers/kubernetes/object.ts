import { isRecord } from "../../../plugin/server";

/** Any Kubernetes object, as JSON. */
export interface KubernetesObject extends Record<string, unknown> {
  apiVersion: string;
  kind: string;
  metadata: {
    name?: string;
    namespace?: string;
    generateName?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    annotations?: Record<string, string>;
    labels?: Record<string, string>;
    finalizers?: string[];
    managedFields?: ManagedFields[];
  } & Record<string, unknown>;
}

/** Who owns which fields of an object. */
export interface ManagedFields extends Record<string, unknown> {
  manager: string;
  operation: "Apply" | "Update";
  subresource?: string;
}

/** The value at a path of keys, or undefined. */
export function at(object: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), object);
}

/** The value of an annotation. */
export function annotation(object: unknown, name: string): string | undefined {
  const value = at(object, "metadata", "annotations", name);
  return typeof value === "string" ? value : undefined;
}

/** True when the annotation is the word `true`. */
export function isAnnotated(object: unknown, name: string): boolean {
  return annotation(object, name) === "true";
}

/** `namespace/name`, or `name` for objects without a namespace: the id of the resource. */
export function objectId(object: KubernetesObject): string {
  const { namespace, name = "" } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
