import { fieldValue } from "../field-ref";
import type { KeyedData, ObjectSource } from "../object-source";
import type { DownwardSource, KeyedSource, Pod, PodSpec, TokenSource, Volume } from "../pod";
import type { TokenCache } from "./token-cache";

/** A file of a volume. */
export interface VolumeFile {
  data: Buffer;
  /** Permission bits before `fsGroup` is applied. */
  mode: number;
  /** Owner; root if left out. */
  uid?: number;
}

/** Files of a volume by relative path. */
export type VolumeFiles = Map<string, VolumeFile>;

const DEFAULT_MODE = 0o644;
/** Only the owner of a token may read it. */
const TOKEN_MODE = 0o600;

/** Collects what a ConfigMap, Secret, downward API or projected volume contains now; undefined for other kinds. */
export async function volumeFiles(
  pod: Pod,
  volume: Volume,
  objects: ObjectSource,
  tokens: TokenCache,
): Promise<VolumeFiles | undefined> {
  const { namespace } = pod.metadata;
  const configMap = async (source: KeyedSource, mode: number) =>
    keyed("configmap", source, await objects.configMap(namespace, source.name ?? ""), mode);
  const secret = async (source: KeyedSource, mode: number) =>
    keyed("secret", source, await objects.secret(namespace, source.name ?? ""), mode);
  if (volume.configMap !== undefined) {
    return await configMap(volume.configMap, volume.configMap.defaultMode ?? DEFAULT_MODE);
  }
  if (volume.secret !== undefined) {
    const { secretName: name, defaultMode = DEFAULT_MODE, ...rest } = volume.secret;
    return await secret({ ...rest, name }, defaultMode);
  }
  if (volume.downwardAPI !== undefined) {
    return downward(pod, volume.downwardAPI, volume.downwardAPI.defaultMode ?? DEFAULT_MODE);
  }
  if (volume.projected === undefined) {
    return undefined;
  }
  const mode = volume.projected.defaultMode ?? DEFAULT_MODE;
  const files: VolumeFiles = new Map();
  for (const source of volume.projected.sources) {
    const parts = [
      source.configMap && (await configMap(source.configMap, mode)),
      source.secret && (await secret(source.secret, mode)),
      source.downwardAPI && downward(pod, source.downwardAPI, mode),
      source.serviceAccountToken && (await token(pod, source.serviceAccountToken, mode, tokens)),
    ];
    if (parts.every((part) => part === undefined)) {
      throw new Error(`the lab does not support the projected source "${Object.keys(source).join(", ")}"`);
    }
    for (const [path, file] of parts.flatMap((part) => [...(part ?? [])])) {
      files.set(path, file);
    }
  }
  return files;
}

function keyed(kind: string, source: KeyedSource, data: KeyedData | undefined, mode: number): VolumeFiles {
  if (data === undefined) {
    if (source.optional === true) {
      return new Map();
    }
    throw new Error(`${kind} "${source.name}" not found`);
  }
  if (source.items === undefined) {
    return new Map([...data].map(([key, value]) => [key, { data: value, mode }]));
  }
  const files: VolumeFiles = new Map();
  for (const item of source.items) {
    const value = data.get(item.key);
    if (value !== undefined) {
      files.set(item.path, { data: value, mode: item.mode ?? mode });
    } else if (source.optional !== true) {
      throw new Error(`${kind} "${source.name}" references non-existent config key: ${item.key}`);
    }
  }
  return files;
}

function downward(pod: Pod, source: DownwardSource, mode: number): VolumeFiles {
  const files: VolumeFiles = new Map();
  for (const item of source.items ?? []) {
    if (item.fieldRef === undefined) {
      throw new Error("the lab does not support resourceFieldRef");
    }
    const data = Buffer.from(fieldValue(pod, item.fieldRef.fieldPath), "utf8");
    files.set(item.path, { data, mode: item.mode ?? mode });
  }
  return files;
}

async function token(pod: Pod, source: TokenSource, defaultMode: number, tokens: TokenCache): Promise<VolumeFiles> {
  const uid = commonUser(pod.spec);
  // The kubelet ignores defaultMode as soon as it knows somebody to give the token to.
  const mode = uid !== undefined || pod.spec.securityContext?.fsGroup !== undefined ? TOKEN_MODE : defaultMode;
  const data = Buffer.from(await tokens.get(pod, source), "utf8");
  return new Map([[source.path, { data, mode, uid }]]);
}

/**
 * The one user all containers of a pod run as, if there is one: the kubelet gives it the pod's tokens.
 */
export function commonUser(spec: PodSpec): number | undefined {
  const users = [...(spec.initContainers ?? []), ...spec.containers].map(
    (container) => container.securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
  );
  return users.every((user) => user === users[0]) ? users[0] : undefined;
}
