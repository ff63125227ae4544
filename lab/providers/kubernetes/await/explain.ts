import type { Cluster } from "../cluster";
import { at, type KubernetesObject } from "../object";

interface Terminated {
  exitCode: number;
  reason?: string;
  message?: string;
}

interface ContainerStatus {
  name: string;
  state?: { waiting?: { reason?: string; message?: string }; terminated?: Terminated };
  /** How the run before ended, for a container that is started again and again. */
  lastState?: { terminated?: Terminated };
}

interface ListOf<T> {
  items: T[];
}

interface Event {
  type: string;
  reason: string;
  message: string;
}

/** How many lines of a failed container's log are shown. */
const LOG_LINES = 20;

// A container that waits for one of these is on its usual way.
const USUAL_WAITS = new Set(["ContainerCreating", "PodInitializing"]);

/**
 * Why an object is not ready, as far as its pods and events tell: exit codes, the tail of failed containers' logs, and
 * warnings (a pod that admission refuses leaves no other trace). Best effort: what cannot be read is left out.
 */
export async function explain(cluster: Cluster, object: KubernetesObject): Promise<string[]> {
  const [pods, events] = await Promise.all([podReasons(cluster, object), warnings(cluster, object)]);
  return [...pods, ...events];
}

async function podReasons(cluster: Cluster, object: KubernetesObject): Promise<string[]> {
  const labels = at(object, "spec", "selector", "matchLabels");
  if (object.kind === "Pod") return containerReasons(cluster, object);
  if (labels === undefined) return [];
  const labelSelector = Object.entries(labels as Record<string, string>)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const path = `/api/v1/namespaces/${object.metadata.namespace}/pods`;
  const pods = await orEmpty(cluster.api.get<ListOf<KubernetesObject>>(path, { query: { labelSelector } }));
  return (await Promise.all(pods.map((pod) => containerReasons(cluster, pod)))).flat();
}

async function containerReasons(cluster: Cluster, pod: KubernetesObject): Promise<string[]> {
  const statuses = [at(pod, "status", "initContainerStatuses"), at(pod, "status", "containerStatuses")]
    .filter(Array.isArray)
    .flat() as ContainerStatus[];
  const reasons: string[] = [];
  for (const { name, state, lastState } of statuses) {
    const where = `container ${name} of pod ${pod.metadata.name}`;
    const { waiting } = state ?? {};
    const terminated = state?.terminated ?? (waiting && lastState?.terminated);
    if (waiting !== undefined && !USUAL_WAITS.has(waiting.reason ?? "")) {
      reasons.push(`${where} waits: [${waiting.reason ?? "unknown"}] ${waiting.message ?? ""}`.trim());
    }
    if (terminated !== undefined && terminated.exitCode !== 0) {
      const message = terminated.message ?? (await logTail(cluster, pod, name));
      const end = `${where} ended with exit code ${terminated.exitCode} (${terminated.reason ?? "Error"})`;
      reasons.push(message === "" ? end : `${end}: ${message}`);
    }
  }
  return reasons;
}

async function logTail(cluster: Cluster, pod: KubernetesObject, container: string): Promise<string> {
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/log`;
  try {
    const log = await cluster.api.text(path, { query: { container, tailLines: String(LOG_LINES) } });
    return log.trim();
  } catch {
    // The node may be gone, and the log with it.
    return "";
  }
}

async function warnings(cluster: Cluster, object: KubernetesObject): Promise<string[]> {
  const { namespace, uid } = object.metadata;
  if (namespace === undefined || uid === undefined) return [];
  const path = `/api/v1/namespaces/${namespace}/events`;
  const fieldSelector = `involvedObject.uid=${uid}`;
  const events = await orEmpty(cluster.api.get<ListOf<Event>>(path, { query: { fieldSelector } }));
  return events.filter(({ type }) => type === "Warning").map(({ reason, message }) => `[${reason}] ${message}`);
}

async function orEmpty<T>(list: Promise<ListOf<T>>): Promise<T[]> {
  try {
    return (await list).items;
  } catch {
    return [];
  }
}
