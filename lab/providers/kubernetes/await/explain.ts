import type { Cluster } from "../cluster";
import { at, type KubernetesObject } from "../object";

interface Terminated {
  exitCode: number;
  reason?: string;
  message?: string;
  finishedAt?: string;
}

interface ContainerStatus {
  name: string;
  ready?: boolean;
  state?: { waiting?: { reason?: string; message?: string }; terminated?: Terminated };
  /** How the run before ended, for a container that is started again and again. */
  lastState?: { terminated?: Terminated };
}

/**
 * Why an object is not ready, as far as its pods tell, in the official provider's words: no more than is in their status, so
 * no log and no exit code of a container that left a message (pulumi/cloud-ready-checks v1.3.0, pkg/kubernetes/pod/check.go).
 */
export async function explain(cluster: Cluster, object: KubernetesObject): Promise<string[]> {
  if (object.kind === "Pod") {
    return podReasons(object);
  }
  const labels = at(object, "spec", "selector", "matchLabels");
  if (labels === undefined) {
    return [];
  }
  const labelSelector = Object.entries(labels as Record<string, string>)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const path = `/api/v1/namespaces/${object.metadata.namespace}/pods`;
  try {
    const { items } = await cluster.api.get<{ items: KubernetesObject[] }>(path, { query: { labelSelector } });
    return items.flatMap(podReasons);
  } catch {
    // Best effort: what cannot be read is left out.
    return [];
  }
}

function podReasons(pod: KubernetesObject): string[] {
  const statuses = (at(pod, "status", "containerStatuses") ?? []) as ContainerStatus[];
  const lines = statuses.filter(({ ready }) => ready !== true).flatMap(containerReasons);
  return lines.length === 0 ? [] : [`[Pod ${pod.metadata.namespace}/${pod.metadata.name}]: ${lines.join("\n")}`];
}

function containerReasons({ name, state, lastState }: ContainerStatus): string[] {
  const { waiting, terminated } = state ?? {};
  const last = lastState?.terminated;
  const lines: string[] = [];
  if (waiting !== undefined && waiting.reason !== "ContainerCreating") {
    lines.push(`[${waiting.reason ?? ""}] ${waiting.message ?? ""}`);
  }
  if (terminated?.reason !== undefined) {
    const { exitCode, reason, message = "" } = terminated;
    lines.push(message === "" ? `Container "${name}" completed with exit code ${exitCode}` : `[${reason}] ${message}`);
  }
  if (last !== undefined) {
    const { exitCode, reason = "", finishedAt = "", message = "" } = last;
    lines.push(`Container "${name}" terminated at ${finishedAt} (${reason}: exit code ${exitCode})`);
    if (message !== "") {
      lines.push(message);
    }
  }
  return lines;
}
