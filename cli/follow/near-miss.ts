import { ApiClient } from "../../lab/cluster";
import type { Attempt } from "../attempt";

/** The ServiceAccount that the near miss runs as. */
const NEIGHBOUR = "neighbour";
/** Exit code of a pod whose token was refused. */
const REFUSED = 77;

interface PodView {
  spec: { serviceAccount?: string; serviceAccountName?: string };
  metadata: { name: string; labels?: Record<string, string> };
  status?: { phase?: string; containerStatuses?: { state?: { terminated?: { exitCode: number } } }[] };
}

/**
 * Runs the pod of an example's Job once more in all but one thing the same: as another ServiceAccount of the namespace. What is
 * shown of it are the claims that differ.
 *
 * @param job `NAMESPACE/NAME` of the Job
 */
export async function followNearMiss(
  kubeconfig: string,
  job: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<Attempt> {
  const [namespace, name] = job.split("/");
  const client = ApiClient.fromKubeconfig(kubeconfig);
  try {
    const { spec } = await client.get<{ spec: { template: PodView } }>(
      `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`,
      { signal },
    );
    await client.post(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
      ...{ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NEIGHBOUR } },
    });
    const { serviceAccount: _, ...pod } = spec.template.spec;
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const made = await client.post<PodView>(pods, {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: `${name}-${NEIGHBOUR}` } },
      spec: { ...pod, serviceAccountName: NEIGHBOUR },
    });
    const ended = await endOf(client, namespace ?? "", made.metadata.name, signal);
    const log = await client.text(`${pods}/${made.metadata.name}/log`, { signal });
    const lines = log.split("\n").filter((line) => line.trim() !== "");
    lines.filter(isOfRefusal).forEach(onLine);
    const code = ended.status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
    const outcome = code === REFUSED ? "refused" : code === 0 ? "admitted" : "failed";
    const shown = lines.flatMap((line) => /DIFFERS {2}(\w+)/.exec(line)?.[1] ?? []);
    return { name: `the same pod as ServiceAccount ${NEIGHBOUR}`, outcome, shown };
  } finally {
    await client.close();
  }
}

/** What a refusal says besides the claims and the rules as they are: what it is, what was compared, and why. */
function isOfRefusal(line: string): boolean {
  return /^oidc-runner: (REFUSED|Cause:| {2}(ok|DIFFERS|UNKNOWN) | {11})/.test(line);
}

async function endOf(client: ApiClient, namespace: string, name: string, signal: AbortSignal): Promise<PodView> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const query = { fieldSelector: `metadata.name=${name}` };
  const hasEnded = ({ status }: PodView) => /^(Succeeded|Failed)$/.test(status?.phase ?? "");
  const list = await client.get<{ metadata: { resourceVersion: string }; items: PodView[] }>(path, { query, signal });
  const there = list.items.find(hasEnded);
  if (there !== undefined) {
    return there;
  }
  const watched = { ...query, resourceVersion: list.metadata.resourceVersion };
  for await (const { object } of client.watch<PodView>(path, { query: watched, signal })) {
    if (hasEnded(object)) {
      return object;
    }
  }
  throw new Error(`the watch on pod ${name} ended before the pod`);
}
