import { OidcRunnerError } from "../../../trust";
import type { ApiClient } from "../../cluster";

/** Where objects of a kind live. */
export interface KindInfo {
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  base: string;
  /** Plural name in paths, e.g. `jobs`. */
  plural: string;
  namespaced: boolean;
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[];
}

/** Learns from the API server where each kind lives; asks once per API version. */
export class Discovery {
  readonly #lists = new Map<string, Promise<ResourceList | undefined>>();
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** Undefined when the server has no such kind (yet: a definition may still be on its way). */
  async find(apiVersion: string, kind: string): Promise<KindInfo | undefined> {
    const known = await this.#list(apiVersion);
    const info = pick(known, apiVersion, kind);
    if (info !== undefined) {
      return info;
    }
    // A custom resource definition may have been created since.
    this.#lists.delete(apiVersion);
    return pick(await this.#list(apiVersion), apiVersion, kind);
  }

  /** As {@link find}, but an unknown kind is an error. */
  async require(apiVersion: string, kind: string): Promise<KindInfo> {
    const info = await this.find(apiVersion, kind);
    if (info === undefined) {
      throw new OidcRunnerError("KUBERNETES_KIND_UNKNOWN", `no matches for kind "${kind}" in version "${apiVersion}"`, {
        fix: "check apiVersion and kind, or create the custom resource definition first",
      });
    }
    return info;
  }

  #list(apiVersion: string): Promise<ResourceList | undefined> {
    const known = this.#lists.get(apiVersion);
    if (known !== undefined) {
      return known;
    }
    const asked = this.#api.find<ResourceList>(basePath(apiVersion)).catch((error: unknown) => {
      this.#lists.delete(apiVersion);
      throw error;
    });
    this.#lists.set(apiVersion, asked);
    return asked;
  }
}

/** Path of one object, or of the collection when no name is given. */
export function objectPath(info: KindInfo, namespace: string | undefined, name?: string): string {
  const inside = info.namespaced ? `/namespaces/${encodeURIComponent(namespace ?? "default")}` : "";
  return `${info.base}${inside}/${info.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

function basePath(apiVersion: string): string {
  const path = apiVersion.split("/").map(encodeURIComponent).join("/");
  return apiVersion.includes("/") ? `/apis/${path}` : `/api/${path}`;
}

function pick(list: ResourceList | undefined, apiVersion: string, kind: string): KindInfo | undefined {
  // Subresources have a slash in their name and may repeat the kind.
  const found = list?.resources.find((resource) => resource.kind === kind && !resource.name.includes("/"));
  return found && { base: basePath(apiVersion), plural: found.name, namespaced: found.namespaced };
}
