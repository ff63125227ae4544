import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { NODE_IMAGE } from "./aws-lab";

/** A pod as a runner's Job makes it, as far as the tests change it. */
export interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: {
    serviceAccountName: string;
    containers: { image: string; command: string[]; args?: string[]; env: { name: string; value?: string }[] }[];
    volumes: { name: string; configMap?: { name: string } }[];
  };
}

/** Where and as whom a probe runs. */
export interface ProbeOptions {
  client: ApiClient;
  namespace: string;
  serviceAccountName?: string;
  /** Leave the entrypoint out: only what AWS says counts. Default false. */
  bare?: boolean;
  /** Variables to change. */
  env?: Record<string, string>;
}

/** How a probe ended. */
export interface ProbeOutcome {
  exitCode: number | undefined;
  log: string;
}

/** Prints who AWS says one is; on refusal the error as the SDK has it, and ends with 3. */
const WHO_AM_I = `
  const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
  new STSClient({ maxAttempts: 1 }).send(new GetCallerIdentityCommand({})).then(
    ({ Arn }) => console.log("I am " + Arn),
    (error) => {
      console.log("refused: " + error.name + ": " + error.message);
      process.exitCode = 3;
    },
  );
`;

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

/** Runs a runner's pod once more, with AWS' SDK as its work, and waits for its end. */
export async function probe(template: PodTemplate, name: string, options: ProbeOptions): Promise<ProbeOutcome> {
  const { client, namespace, serviceAccountName, bare = false, env = {} } = options;
  const copy = structuredClone(template);
  const [container] = copy.spec.containers as [PodTemplate["spec"]["containers"][0]];
  const work = ["node", "-e", WHO_AM_I];
  container.image = NODE_IMAGE;
  container.env = [
    ...container.env.filter((variable) => !Object.hasOwn(env, variable.name)),
    ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
    // What the entrypoint would set.
    ...(bare ? [{ name: "NODE_EXTRA_CA_CERTS", value: "/opt/oidc-runner/ca.crt" }] : []),
  ];
  container.args = bare ? [] : work;
  container.command = bare ? work : container.command;
  copy.spec.serviceAccountName = serviceAccountName ?? copy.spec.serviceAccountName;
  copy.metadata = { labels: { probe: name } };
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const spec = { backoffLimit: 0, activeDeadlineSeconds: 60, template: copy };
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
  for (const { configMap } of volumes) {
    if (configMap !== undefined) {
      const path = `/api/v1/namespaces/${from.namespace}/configmaps/${configMap.name}`;
      const { data } = await from.client.get<{ data: Record<string, string> }>(path);
      await to.client.post(`/api/v1/namespaces/${to.namespace}/configmaps`, {
        metadata: { name: configMap.name },
        data,
      });
    }
  }
}
