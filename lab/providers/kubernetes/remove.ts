import { OidcRunnerError } from "../../../trust";
import { hasStatusCode } from "../../cluster";
import { ANNOTATIONS } from "./annotations";
import { type PollOptions, poll } from "./await";
import { type Cluster, referenceTo } from "./cluster";
import { annotation, isAnnotated, type KubernetesObject } from "./object";

const PROPAGATION: Record<string, string> = { background: "Background", foreground: "Foreground", orphan: "Orphan" };

/**
 * Deletes the object, its dependents first, and waits until it is gone. One that is gone already is a success; one of
 * the same name that came in its place is left alone.
 */
export async function removeObject(cluster: Cluster, object: KubernetesObject, options: PollOptions): Promise<void> {
  const reference = referenceTo(object);
  const policy = annotation(object, ANNOTATIONS.deletionPropagation)?.toLowerCase() ?? "foreground";
  const { uid } = object.metadata;
  if ((await cluster.discovery.find(object.apiVersion, object.kind)) === undefined) {
    return;
  }
  try {
    const deleteOptions = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      propagationPolicy: PROPAGATION[policy] ?? "Foreground",
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    };
    await cluster.api.delete(await cluster.path(reference), deleteOptions, { signal: options.signal });
  } catch (error) {
    // 409 here means another uid: the object that was ours is gone.
    if (hasStatusCode(error, 404, 409)) {
      return;
    }
    throw error;
  }
  if (isAnnotated(object, ANNOTATIONS.skipAwait)) {
    return;
  }
  let finalizers: string[] = [];
  const gone = await poll(async () => {
    const live = await cluster.get(reference, options.signal);
    if (live === undefined || (uid !== undefined && live.metadata.uid !== uid)) {
      return true;
    }
    finalizers = live.metadata.finalizers ?? [];
    return undefined;
  }, options);
  if (gone === undefined) {
    throw new OidcRunnerError(
      "KUBERNETES_DELETE_TIMEOUT",
      `${object.kind} ${reference.name} is still there after ${options.timeoutMs / 1000} s` +
        (finalizers.length > 0 ? `, held by ${finalizers.join(", ")}` : ""),
      { fix: "see what holds it with kubectl, or raise customTimeouts.delete" },
    );
  }
}
