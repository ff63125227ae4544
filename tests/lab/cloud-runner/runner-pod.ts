import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { NODE_IMAGE } from "./node-lab";

/** A pod as a runner's Job makes it, as far as the tests change it. */
export interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: {
    serviceAccountName: string;
    containers: { image: string; command: string[]; args?: string[]; env: { name: string; value?: string }[] }[];
    volumes: {
      name: string;
      configMap?: { name: string };
      projected?: { sources: { configMap?: { name: string } }[] };
    }[];
  };
}

/** Where and how a runner's pod runs once more. */
export interface RunOptions {
  client: ApiClient;
  namespace: string;
  /** Default: the runner's. */
  serviceAccountName?: string;
  /** Leave the entrypoint out: only what the cloud says counts. Default false. */
  bare?: boolean;
  /** Variables to change. */
  env?: Record<string, string>;
}

/** How a probe ended. */
export interface ProbeOutcome {
  exitCode: number | undefined;
  log: string;
}

/** The pod template of the only Job in a namespace, as the API server has it. */
export async function templateOf(client: ApiClient, namespace: string): Promise<PodTemplate> {
  const { items } = await client.get<{ items: { spec: { template: PodTemplate } }[] }>(
    `/apis/batch/v1/namespaces/${namespace}/jobs`,
  );
  const [job, ...more] = items;
  if (job === undefined || more.length > 0) {
    throw new Error(`there are ${items.length} Jobs in ${namespace}`);
  }
  return job.spec.template;
}

/** Runs a runner's pod once more, with a program for Node as its work, and waits for its end, so many seconds at most. */
export async function runProgram(
  template: PodTemplate,
  name: string,
  { program, seconds }: { program: string; seconds: number },
  { client, namespace, serviceAccountName, bare = false, env = {} }: RunOptions,
): Promise<ProbeOutcome> {
  const copy = structuredClone(template);
  const [container] = copy.spec.containers as [PodTemplate["spec"]["containers"][0]];
  const work = ["node", "-e", program];
  container.image = NODE_IMAGE;
  container.env = [
    ...container.env.filter((variable) => !Object.hasOwn(env, variable.name)),
    ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
  ];
  container.args = bare ? [] : work;
  container.command = bare ? work : container.command;
  copy.spec.serviceAccountName = serviceAccountName ?? copy.spec.serviceAccountName;
  copy.metadata = { labels: { probe: name } };
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const spec = { backoffLimit: 0, activeDeadlineSeconds: seconds, template: copy };
  await client.post(jobs, { metadata: { name }, spec });
  for (;;) {
    const { status } = await client.get<{ status: { conditions?: { type: string }[] } }>(`${jobs}/${name}`);
    if (status.conditions?.some(({ type }) => type === "Complete" || type === "Failed")) {
      return outcomeOf(client, namespace, name);
    }
    await sleep(150);
  }
}

async function outcomeOf(client: ApiClient, namespace: string, name: string): Promise<ProbeOutcome> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const { items } = await client.get<{
    items: {
      metadata: { name: string };
      status: { containerStatuses?: { state: { terminated?: { exitCode: number } } }[] };
    }[];
  }>(pods, { query: { labelSelector: `probe=${name}` } });
  const [pod] = items;
  return {
    exitCode: pod?.status.containerStatuses?.[0]?.state.terminated?.exitCode,
    log: pod === undefined ? "" : await client.text(`${pods}/${pod.metadata.name}/log`),
  };
}

/** Makes a namespace with a ServiceAccount and the ConfigMaps that a runner's pod mounts, copied from its own. */
export async function copyNeeds(
  template: PodTemplate,
  from: { client: ApiClient; namespace: string },
  to: { client: ApiClient; namespace: string },
): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await to.client.post("/api/v1/namespaces", { metadata: { name: to.namespace, labels } });
  const { serviceAccountName: name, volumes } = template.spec;
  await to.client.post(`/api/v1/namespaces/${to.namespace}/serviceaccounts`, { metadata: { name } });
  const sources = volumes.flatMap(({ configMap, projected }) => [{ configMap }, ...(projected?.sources ?? [])]);
  const configMaps = sources.flatMap(({ configMap }) => configMap?.name ?? []);
  for (const configMap of configMaps) {
    const path = `/api/v1/namespaces/${from.namespace}/configmaps/${configMap}`;
    const { data } = await from.client.get<{ data: Record<string, string> }>(path);
    await to.client.post(`/api/v1/namespaces/${to.namespace}/configmaps`, { metadata: { name: configMap }, data });
  }
}
