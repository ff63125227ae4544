import { ContainerError } from "../container-error";
import { fieldValue } from "../field-ref";
import type { KeyedData, ObjectSource } from "../object-source";
import type { Container, EnvVar, Pod } from "../pod";
import { DEFAULT_PATH, type ImageDefinition } from "../root";

/** Replaces `$(NAME)` by the variable's value; `$$` is a dollar sign, and an unknown name stays as it is written. */
export function expand(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\$|\$\(([^()]+)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) {
      return "$";
    }
    return Object.hasOwn(variables, name) ? variables[name]! : whole;
  });
}

/** Where a container's environment comes from, besides its own specification. */
export interface EnvironmentSources {
  objects: ObjectSource;
  /** URL of the API server. */
  server: string;
  /** What the node adds; weakest. Default nothing. */
  node?: Record<string, string>;
  /** Values to change, as a whole: → what they become. Default none. */
  substitutes?: Readonly<Record<string, string>>;
}

/**
 * The environment of a container: the node's, the cluster's, the image's, `envFrom`, then `env` in order.
 *
 * @throws ContainerError `CreateContainerConfigError` when a ConfigMap, Secret or key is missing
 */
export async function containerEnvironment(
  pod: Pod,
  container: Container,
  image: ImageDefinition,
  { objects, server, node = {}, substitutes = {} }: EnvironmentSources,
): Promise<Record<string, string>> {
  const { hostname, port } = new URL(server);
  const variables: Record<string, string> = {
    ...node,
    PATH: image.path ?? DEFAULT_PATH,
    HOME: "/",
    HOSTNAME: pod.spec.hostname ?? pod.metadata.name,
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    KUBERNETES_SERVICE_PORT_HTTPS: port,
    ...image.env,
  };
  const { namespace } = pod.metadata;
  const read = async (kind: "configmap" | "secret", { name, optional }: { name: string; optional?: boolean }) => {
    const data = kind === "secret" ? await objects.secret(namespace, name) : await objects.configMap(namespace, name);
    if (data === undefined && optional !== true) {
      throw new ContainerError("CreateContainerConfigError", `${kind} "${name}" not found`);
    }
    return data ?? (new Map() as KeyedData);
  };
  for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
    const sources = [
      configMapRef && (await read("configmap", configMapRef)),
      secretRef && (await read("secret", secretRef)),
    ];
    for (const [key, value] of sources.flatMap((source) => [...(source ?? [])])) {
      variables[prefix + key] = value.toString("utf8");
    }
  }
  for (const variable of container.env ?? []) {
    const value = await variableValue(pod, variable, variables, read);
    if (value !== undefined) {
      variables[variable.name] = value;
    }
  }
  const known = Object.entries(variables).map(([name, value]) => {
    return [name, Object.hasOwn(substitutes, value) ? (substitutes[value] as string) : value] as const;
  });
  return Object.fromEntries(known);
}

async function variableValue(
  pod: Pod,
  { value = "", valueFrom }: EnvVar,
  variables: Record<string, string>,
  read: (kind: "configmap" | "secret", ref: { name: string; optional?: boolean }) => Promise<KeyedData>,
): Promise<string | undefined> {
  if (valueFrom === undefined) {
    return expand(value, variables);
  }
  const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) {
    return fieldValue(pod, fieldRef.fieldPath);
  }
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference === undefined) {
    throw new ContainerError("CreateContainerConfigError", "the lab does not support resourceFieldRef");
  }
  const kind = configMapKeyRef === undefined ? "secret" : "configmap";
  const found = (await read(kind, reference)).get(reference.key);
  if (found === undefined && reference.optional !== true) {
    const where = `${kind} ${pod.metadata.namespace}/${reference.name}`;
    throw new ContainerError("CreateContainerConfigError", `couldn't find key ${reference.key} in ${where}`);
  }
  return found?.toString("utf8");
}
