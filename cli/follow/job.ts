import { ApiClient } from "../../lab/cluster";

interface Pod {
  metadata: { name: string; namespace: string };
  status: { phase?: string };
}

const RUNNER_PODS = "/api/v1/pods?labelSelector=app.kubernetes.io%2Fname%3Doidc-runner";

/** What a follower tells. */
export interface JobListener {
  onPod(pod: string): void;
  onLine(line: string): void;
}

/**
 * Follows the log of the first runner pod that starts in a cluster. Ends with the log, or with the signal.
 */
export async function followJob(kubeconfig: string, listener: JobListener, signal: AbortSignal): Promise<void> {
  const client = ApiClient.fromKubeconfig(kubeconfig);
  try {
    const pod = await firstPod(client, signal);
    if (pod === undefined) {
      return;
    }
    const { name, namespace } = pod.metadata;
    listener.onPod(`${namespace}/${name}`);
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`;
    for await (const line of client.textLines(path, { query: { follow: true }, signal })) {
      listener.onLine(line);
    }
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  } finally {
    await client.close();
  }
}

async function firstPod(client: ApiClient, signal: AbortSignal): Promise<Pod | undefined> {
  const started = (pod: Pod) => pod.status.phase !== undefined && pod.status.phase !== "Pending";
  const list = await client.get<{ metadata: { resourceVersion: string }; items: Pod[] }>(RUNNER_PODS, { signal });
  const existing = list.items.find(started);
  if (existing !== undefined) {
    return existing;
  }
  const query = { resourceVersion: list.metadata.resourceVersion };
  for await (const { object } of client.watch<Pod>(RUNNER_PODS, { query, signal })) {
    if (started(object)) {
      return object;
    }
  }
  return undefined;
}
