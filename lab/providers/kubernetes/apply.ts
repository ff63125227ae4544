import { randomBytes } from "node:crypto";
import { OidcRunnerError } from "../../../trust";
import { hasStatusCode } from "../../cluster";
import { ANNOTATIONS } from "./annotations";
import { poll } from "./await";
import { type Cluster, referenceTo } from "./cluster";
import { isAnnotated, type KubernetesObject, type ManagedFields } from "./object";
import type { KubernetesSettings } from "./settings";

/** How an object is written. A write cannot be cancelled: whether it happened would not be known. */
export interface WriteOptions {
  fieldManager: string;
  settings: KubernetesSettings;
  /** True: the server validates and answers, but stores nothing. */
  dryRun: boolean;
  /** How long a create waits for an object of the same name that is being deleted. Default one minute. */
  patienceMs?: number;
}

/** A name for the owner of one resource's fields, kept in the resource's state. */
export function newFieldManager(): string {
  return `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
}

/**
 * Creates the object. One that exists already is refused, as the official provider does since 4.29 (a renamed resource
 * would otherwise take over its own old object and then delete it), unless `upsertExistingObjects` is set.
 */
export async function createObject(
  cluster: Cluster,
  object: KubernetesObject,
  options: WriteOptions,
): Promise<KubernetesObject> {
  if (options.settings.upsertExistingObjects && object.metadata.name !== undefined) {
    return applyObject(cluster, object, options);
  }
  const path = await cluster.path({ ...referenceTo(object), name: "" });
  const post = () => cluster.api.post<KubernetesObject>(path, object, { query: query(options) });
  if (options.dryRun) {
    return post();
  }
  // An old object whose deletion was not waited for (`skipAwait`) keeps its name until its dependents are gone.
  const attempt = async () => {
    try {
      return await post();
    } catch (error) {
      if (isOnItsWayOut(error)) {
        return undefined;
      }
      throw error;
    }
  };
  return (await poll(attempt, { timeoutMs: options.patienceMs ?? 60_000 })) ?? post();
}

/** Updates the object by server-side apply: fields we set before and no longer want go, others' fields stay. */
export async function updateObject(
  cluster: Cluster,
  object: KubernetesObject,
  options: WriteOptions,
): Promise<KubernetesObject> {
  if (!options.dryRun) {
    await ownByApply(cluster, object, options);
  }
  return applyObject(cluster, object, options);
}

/** What the object would be after an apply that takes back every field of ours; nothing is stored. */
export async function tryApply(
  cluster: Cluster,
  object: KubernetesObject,
  fieldManager: string,
): Promise<KubernetesObject> {
  const query = { fieldManager, force: true, dryRun: "All" };
  return cluster.api.patch(await cluster.path(referenceTo(object)), object, { type: "apply", query });
}

async function applyObject(
  cluster: Cluster,
  object: KubernetesObject,
  options: WriteOptions,
): Promise<KubernetesObject> {
  // A preview always forces: a conflict is a matter for the real update.
  const force = options.dryRun || options.settings.enablePatchForce || isAnnotated(object, ANNOTATIONS.patchForce);
  try {
    return await cluster.api.patch<KubernetesObject>(await cluster.path(referenceTo(object)), object, {
      type: "apply",
      query: { ...query(options), force },
    });
  } catch (error) {
    if (!hasStatusCode(error, 409)) {
      throw error;
    }
    throw new OidcRunnerError("KUBERNETES_FIELD_CONFLICT", error.status.message ?? "another manager owns the field", {
      fix: `annotate the object with ${ANNOTATIONS.patchForce}: "true" to take the fields over, or leave them out`,
      cause: error,
    });
  }
}

// The server files what a create sets under "Update"; an apply by the same manager would then be in conflict with itself,
// and could not remove fields. So before the first apply the entry is turned into one of an apply.
async function ownByApply(cluster: Cluster, object: KubernetesObject, options: WriteOptions): Promise<void> {
  const live = await cluster.get(referenceTo(object));
  const entries = live?.metadata.managedFields ?? [];
  const created = (entry: ManagedFields) =>
    entry.manager === options.fieldManager && entry.operation === "Update" && entry.subresource === undefined;
  if (!entries.some(created)) {
    return;
  }
  const operations = [
    { op: "test", path: "/metadata/resourceVersion", value: live?.metadata.resourceVersion },
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: entries.map((entry) => (created(entry) ? { ...entry, operation: "Apply" } : entry)),
    },
  ];
  await cluster.api.patch(await cluster.path(referenceTo(object)), operations, {
    type: "json",
    query: { fieldManager: options.fieldManager },
  });
}

function isOnItsWayOut(error: unknown): boolean {
  return hasStatusCode(error, 409) && (error.status.message ?? "").startsWith("object is being deleted");
}

function query(options: WriteOptions): Record<string, string> {
  const { fieldManager, dryRun } = options;
  return { fieldManager, fieldValidation: "Strict", ...(dryRun ? { dryRun: "All" } : {}) };
}
