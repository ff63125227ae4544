import type { ApiClient } from "../api-client";
import type { Pod, TokenSource } from "./pod";

/** Data of a ConfigMap or Secret. */
export type KeyedData = Map<string, Buffer>;

/** A ServiceAccount token as TokenRequest returns it. */
export interface IssuedToken {
  token: string;
  /** Lifetime the server granted, in seconds. */
  lifetimeSeconds: number;
}

/** Where volumes and environments get their contents from. */
export interface ObjectSource {
  /** Undefined when there is none of that name. */
  configMap(namespace: string, name: string): Promise<KeyedData | undefined>;
  secret(namespace: string, name: string): Promise<KeyedData | undefined>;
  /** A new token bound to the pod. */
  token(pod: Pod, source: TokenSource): Promise<IssuedToken>;
}

interface KeyedObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

/** Lifetime that TokenRequest grants by default. */
const DEFAULT_LIFETIME_SECONDS = 3600;

function decode(plain: Record<string, string> = {}, encoded: Record<string, string> = {}): KeyedData {
  return new Map([
    ...Object.entries(plain).map(([key, value]) => [key, Buffer.from(value, "utf8")] as const),
    ...Object.entries(encoded).map(([key, value]) => [key, Buffer.from(value, "base64")] as const),
  ]);
}

/** Reads from the API server, without a cache: the lab's pods are few. */
export function apiObjectSource(client: ApiClient): ObjectSource {
  const core = (namespace: string) => `/api/v1/namespaces/${namespace}`;
  return {
    async configMap(namespace, name) {
      const found = await client.find<KeyedObject>(`${core(namespace)}/configmaps/${name}`);
      return found && decode(found.data, found.binaryData);
    },
    async secret(namespace, name) {
      const found = await client.find<KeyedObject>(`${core(namespace)}/secrets/${name}`);
      return found && decode({}, found.data);
    },
    async token({ metadata, spec }, { audience, expirationSeconds }) {
      const account = `${core(metadata.namespace)}/serviceaccounts/${spec.serviceAccountName}`;
      const request = {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          audiences: audience === undefined || audience === "" ? [] : [audience],
          expirationSeconds: expirationSeconds ?? DEFAULT_LIFETIME_SECONDS,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name: metadata.name, uid: metadata.uid },
        },
      };
      const answer = await client.post<{ spec: { expirationSeconds: number }; status: { token: string } }>(
        `${account}/token`,
        request,
      );
      return { token: answer.status.token, lifetimeSeconds: answer.spec.expirationSeconds };
    },
  };
}
