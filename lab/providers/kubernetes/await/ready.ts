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
  if (isAnnotated(object, ANNOTATIONS.skipAwait)) return { live: object, reasons: [] };
  let live = object;
  let first = true;
  const attempt = async () => {
    // The object was just read: look at it before asking again.
    if (!first) {
      const found = await cluster.get(referenceTo(object), options.signal);
      if (found === undefined) return "the object was deleted while it was waited for";
      live = found;
    }
    first = false;
    const verdict = readiness(live);
    if (verdict.state === "waiting") return undefined;
    return verdict.state === "failed" ? verdict.reason : "";
  };
  // However the wait ends, the object exists: a reason goes with it into the state, an error would lose it.
  const reason = await poll(attempt, options).catch((error: Error) => `[Interrupted] ${error.message}`);
  if (reason === "") return { live, reasons: [] };
  return { live, reasons: await withDetails(cluster, live, reason ?? timedOut(live, options.timeoutMilliseconds)) };
}

/** Why the object is not ready now, without waiting. */
export async function unreadyReasons(cluster: Cluster, live: KubernetesObject): Promise<string[]> {
  if (isAnnotated(live, ANNOTATIONS.skipAwait)) return [];
  const verdict = readiness(live);
  if (verdict.state === "ready") return [];
  return withDetails(cluster, live, verdict.state === "failed" ? verdict.reason : verdict.why);
}

// The controller's event often repeats the condition.
async function withDetails(cluster: Cluster, live: KubernetesObject, reason: string): Promise<string[]> {
  return [...new Set([reason, ...(await explain(cluster, live))])];
}

function timedOut(live: KubernetesObject, milliseconds: number): string {
  const verdict = readiness(live);
  const why = verdict.state === "waiting" ? verdict.why : "it is not ready";
  return `[Timeout] after ${milliseconds / 1000} s ${why}`;
}
