import { ANNOTATIONS } from "../annotations";
import { type Cluster, referenceTo } from "../cluster";
import { isAnnotated, type KubernetesObject } from "../object";
import { explain } from "./explain";
import { type PollOptions, poll } from "./poll";
import { readiness } from "./readiness";

/** The object as last seen, and why it is not ready: empty when it is. */
export interface AwaitResult {
  live: KubernetesObject;
  reasons: string[];
}

/** Waits until the object is ready, has failed, or the time is up. `pulumi.com/skipAwait` waits for nothing. */
export async function awaitReady(
  cluster: Cluster,
  object: KubernetesObject,
  options: PollOptions,
): Promise<AwaitResult> {
  if (isAnnotated(object, ANNOTATIONS.skipAwait)) {
    return { live: object, reasons: [] };
  }
  let live = object;
  let first = true;
  const attempt = async () => {
    // The object was just read: look at it before asking again.
    if (!first) {
      const found = await cluster.get(referenceTo(object), options.signal);
      if (found === undefined) {
        return "the object was deleted while it was waited for";
      }
      live = found;
    }
    first = false;
    const verdict = readiness(live);
    if (verdict.state === "waiting") {
      return undefined;
    }
    return verdict.state === "failed" ? verdict.reason : "";
  };
  // However the wait ends, the object exists: a reason goes with it into the state, an error would lose it.
  const reason = await poll(attempt, options).catch((error: Error) => `[Interrupted] ${error.message}`);
  if (reason === "") {
    return { live, reasons: [] };
  }
  const { name } = live.metadata;
  // The official provider's words (pulumi/pulumi-kubernetes at f47bc2d6f199, provider/pkg/await/error.go).
  const head = reason === undefined ? `'${name}' timed out waiting to be Ready` : failedToInitialize(live);
  return { live, reasons: await withDetails(cluster, live, head, reason ?? waitedFor(live)) };
}

/** Why the object is not ready now, without waiting. */
export async function unreadyReasons(cluster: Cluster, live: KubernetesObject): Promise<string[]> {
  if (isAnnotated(live, ANNOTATIONS.skipAwait)) {
    return [];
  }
  const verdict = readiness(live);
  if (verdict.state === "ready") {
    return [];
  }
  return withDetails(
    cluster,
    live,
    failedToInitialize(live),
    verdict.state === "failed" ? verdict.reason : verdict.why,
  );
}

async function withDetails(cluster: Cluster, live: KubernetesObject, head: string, reason: string): Promise<string[]> {
  return [head, reason, ...(await explain(cluster, live))].filter((line) => line !== "");
}

function failedToInitialize(live: KubernetesObject): string {
  return `Resource '${live.metadata.name}' was created but failed to initialize`;
}

function waitedFor(live: KubernetesObject): string {
  const verdict = readiness(live);
  return verdict.state === "waiting" ? verdict.why : "";
}
