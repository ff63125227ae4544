import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { hasStatusCode } from "../../../lab/cluster/api-error";
import { startControlPlane } from "../../../lab/cluster/control-plane";
import { createCertificateAuthority } from "../../../lab/cluster/pki";
import { resolveControlPlane } from "../../../tools/toolchain/control-plane";
import { silentReport } from "../../../tools/toolchain/report";
import type { BarePod, KubernetesObject } from "./kubernetes-objects";

const PLURALS: Record<string, string> = {
  ConfigMap: "configmaps",
  CronJob: "cronjobs",
  Deployment: "deployments",
  Job: "jobs",
  Namespace: "namespaces",
  Pod: "pods",
  Role: "roles",
  RoleBinding: "rolebindings",
  ServiceAccount: "serviceaccounts",
};

/** A real API server that says what it would do with objects, and does nothing. */
export interface StrictApi {
  /** The reason why the object is refused; undefined when it is accepted. Equal objects are sent once. */
  refusal(object: KubernetesObject): Promise<string | undefined>;
  /** How many objects were sent. */
  sent(): number;
  stop(): Promise<void>;
}

/** Starts a control plane without nodes. Its namespaces enforce Pod Security `restricted`. */
export async function startStrictApi(): Promise<StrictApi> {
  const directory = mkdtempSync(path.join(tmpdir(), "oidc-runner-options-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const binaries = await resolveControlPlane(silentReport);
  const ca = await createCertificateAuthority();
  const plane = await startControlPlane({ directory, binaries, ca, nodeName: "none" }).catch((error: unknown) => {
    remove();
    throw error;
  });
  const { client } = plane;
  const verdicts = new Map<string, Promise<string | undefined>>();
  const made = new Map<string, Promise<void>>();
  const once = (collection: string, metadata: { name: string; labels?: object }) => {
    const known = made.get(`${collection}/${metadata.name}`) ?? create(client, collection, metadata);
    made.set(`${collection}/${metadata.name}`, known);
    return known;
  };
  /** What must be there before an object can be: its namespace, and a pod's ServiceAccount. */
  const prepare = async ({ kind, metadata: { namespace }, ...rest }: KubernetesObject) => {
    if (namespace === undefined) {
      return;
    }
    await once("/api/v1/namespaces", {
      name: namespace,
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    if (kind === "Pod") {
      const { serviceAccountName } = (rest as unknown as BarePod).spec;
      await once(`/api/v1/namespaces/${namespace}/serviceaccounts`, { name: serviceAccountName });
    }
  };
  return {
    refusal(object) {
      const text = JSON.stringify(object);
      const verdict = verdicts.get(text) ?? prepare(object).then(() => dryRun(client, object, text));
      verdicts.set(text, verdict);
      return verdict;
    },
    sent: () => verdicts.size,
    async stop() {
      await plane.stop();
      remove();
    },
  };
}

async function create(client: ApiClient, collection: string, metadata: object): Promise<void> {
  await client.post(collection, { metadata }).catch((error: unknown) => {
    // `default` has its ServiceAccount already.
    if (!hasStatusCode(error, 409)) throw error;
  });
}

/** Server-side apply, as Pulumi's Kubernetes provider uses it. */
async function dryRun(client: ApiClient, object: KubernetesObject, text: string): Promise<string | undefined> {
  const { apiVersion, kind, metadata } = object;
  const plural = PLURALS[kind] ?? assert.fail(`no path is known for objects of kind ${kind}`);
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  const query = { dryRun: "All", fieldManager: "tests", force: true, fieldValidation: "Strict" };
  try {
    await client.patch(`${root}${place}/${plural}/${metadata.name}`, text, { query, type: "apply" });
    return undefined;
  } catch (error) {
    if (!hasStatusCode(error, 400, 403, 422, 500)) throw error;
    return error.message;
  }
}
