import { ApiClient } from "../../cluster";
import { Discovery, objectPath } from "./discovery";
import { clusterAccess } from "./kubeconfig";
import type { KubernetesObject } from "./object";
import type { KubernetesSettings } from "./settings";

/** Enough to find one object on the server. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** One cluster's objects, addressed by kind. */
export class Cluster {
  readonly discovery: Discovery;

  constructor(
    readonly api: ApiClient,
    /** Namespace of objects that name none. */
    readonly defaultNamespace: string,
  ) {
    this.discovery = new Discovery(api);
  }

  /** The cluster of the provider's configuration. */
  static connect(settings: KubernetesSettings): Cluster {
    const access = clusterAccess(settings);
    return new Cluster(new ApiClient(access), settings.namespace ?? access.namespace);
  }

  /** Path of an object, or of the collection it belongs to when it has no name. */
  async path({ apiVersion, kind, namespace, name }: ObjectReference): Promise<string> {
    const info = await this.discovery.require(apiVersion, kind);
    return objectPath(info, namespace, name === "" ? undefined : name);
  }

  /** The object, or undefined when there is none. */
  async get(reference: ObjectReference, signal?: AbortSignal): Promise<KubernetesObject | undefined> {
    return this.api.find<KubernetesObject>(await this.path(reference), { signal });
  }
}

/** Where the object is to be found. */
export function referenceTo(object: KubernetesObject): ObjectReference {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name ?? "" };
}
