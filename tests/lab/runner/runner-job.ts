import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { entrypointScripts, runnerFiles } from "../../../provider/workload/entrypoint";
import { jobSpec } from "../../../provider/workload/kinds/job";
import { recommendedLabels } from "../../../provider/workload/pod/labels";
import type { PodOptions } from "../../../provider/workload/pod/options";
import { pulumiToken } from "../../../provider/workload/pod/subject-token";
import { podTemplate } from "../../../provider/workload/pod/template";
import { type ProvenTrust, proveRunnerTrust } from "../../../trust/parties/pulumi/proof";
import type { RunnerLab } from "./runner-lab";

/** Namespace of the runners; it admits restricted pods only. */
export const NAMESPACE = "runners";

/** An image without a Pulumi CLI, as the lab knows images: the host's own programs and nothing more. */
export const CURL_IMAGE = "curlimages/curl:8.11.0";

/** What the pod takes as it is given. */
const POD_OPTIONS = ["image", "command", "env", "secretEnv", "resources", "nodeSelector"] as const;

/** What a Job is made with; by default it is the runner's own pod, and all is well. */
export interface RunnerJobOptions extends Pick<PodOptions, (typeof POD_OPTIONS)[number]> {
  /** The runner's trust: what its ConfigMap expects. */
  trust: ProvenTrust;
  /** Default: the lab's first. */
  cluster?: ApiClient;
  /** Where and as whom the pod runs, and for which audience its token is; default as the trust says. */
  namespace?: string;
  serviceAccountName?: string;
  audience?: string;
  /** Name of a Secret whose key `token` is used instead of the projected token. */
  tokenSecret?: string;
  apiUrl?: string;
  /** Path of the token in its volume; default `token`, where the entrypoint looks. */
  tokenPath?: string;
  /** Variables that the pod goes without, though the runner sets them. */
  without?: string[];
}

/** How a Job ended. */
export interface JobOutcome {
  condition: { type: string; reason?: string };
  exitCode: number | undefined;
  log: string;
}

interface Volume {
  name: string;
  projected?: { sources: { serviceAccountToken: { path: string } }[] };
  secret?: object;
}

/** The trust of a runner of the lab's first cluster, by the name of its ServiceAccount. */
export function trustOf(lab: RunnerLab, serviceAccountName: string): ProvenTrust {
  return proveRunnerTrust({
    organization: lab.state.pulumiCloud.organization,
    issuerUrl: lab.state.clusters[0]?.issuer ?? "",
    namespace: NAMESPACE,
    serviceAccountName,
    token: { tokenType: "organization" },
  });
}

/** The Job of a runner, made by the functions the components make it with. */
export function runnerJob(lab: RunnerLab, name: string, options: RunnerJobOptions): object {
  const { trust, serviceAccountName = trust.serviceAccountName, audience = trust.audience } = options;
  const template = podTemplate({
    organization: lab.state.pulumiCloud.organization,
    trust: { ...trust, serviceAccountName },
    token: { tokenType: "organization" },
    expirationSeconds: 7200,
    apiUrl: options.apiUrl ?? lab.state.pulumiCloud.url,
    configMapNames: ["entrypoint"],
    // Without a CLI in the image there is no `pulumi whoami`.
    ...(options.image === CURL_IMAGE && { command: ["sh", "-c", WHOAMI_WITH_CURL] }),
    ...Object.fromEntries(
      POD_OPTIONS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
    ),
    hasScript: false,
    subjectToken: { ...pulumiToken(lab.state.pulumiCloud.organization), audience },
    labels: recommendedLabels(name),
    annotations: {},
  });
  // Waiting for what does not come back would only cost time.
  const [container] = template.spec.containers as [{ env: { name: string; value: string }[] }];
  container.env = container.env.filter(({ name: variable }) => options.without?.includes(variable) !== true);
  container.env.push({ name: "OIDC_RUNNER_RETRY_SECONDS", value: "0.02" });
  const volume = (template.spec.volumes as Volume[]).find((candidate) => candidate.name === "pulumi-token") as Volume;
  const source = volume.projected?.sources[0]?.serviceAccountToken as { path: string };
  source.path = options.tokenPath ?? source.path;
  if (options.tokenSecret !== undefined) {
    delete volume.projected;
    volume.secret = { secretName: options.tokenSecret, defaultMode: 0o444 };
  }
  // Against hangs only: a build in a pod takes minutes on a machine that does other work besides.
  return { metadata: { name }, spec: jobSpec(template, { activeDeadlineSeconds: 1800 }) };
}

/** The token reaches curl by a pipe, as `whoami` of a careful user would do it. */
const WHOAMI_WITH_CURL =
  'printf \'header = "Authorization: token %s"\\n\' "$PULUMI_ACCESS_TOKEN" | curl -sf -K - "$PULUMI_BACKEND_URL/api/user"';

/** Makes a namespace that enforces `restricted`, the ServiceAccounts in it, and a ConfigMap of the entrypoint with the lab's certificates. */
export async function prepareNamespace(
  lab: RunnerLab,
  client: ApiClient,
  namespace: string,
  serviceAccounts: string[],
): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await client.post("/api/v1/namespaces", { metadata: { name: namespace, labels } });
  const objects = `/api/v1/namespaces/${namespace}`;
  for (const name of serviceAccounts) {
    await client.post(`${objects}/serviceaccounts`, { metadata: { name } });
  }
  const data = { ...entrypointScripts(), ...runnerFiles({ caCertificates: lab.ca }) };
  await client.post(`${objects}/configmaps`, { metadata: { name: "entrypoint" }, data });
}

/** Creates a Job, waits until it has completed or failed, and reads its pod's end and log. */
export async function runJob(lab: RunnerLab, name: string, options: RunnerJobOptions): Promise<JobOutcome> {
  const { cluster = lab.clusters[0] as ApiClient, namespace = NAMESPACE } = options;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  await cluster.post(jobs, runnerJob(lab, name, options));
  for (;;) {
    const { status } = await cluster.get<{ status: { conditions?: JobOutcome["condition"][] } }>(`${jobs}/${name}`);
    const condition = status.conditions?.find(({ type }) => type === "Complete" || type === "Failed");
    if (condition !== undefined) {
      return { condition, ...(await podOf(cluster, namespace, name)) };
    }
    await sleep(150);
  }
}

async function podOf(cluster: ApiClient, namespace: string, job: string): Promise<Omit<JobOutcome, "condition">> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const { items } = await cluster.get<{
    items: {
      metadata: { name: string };
      status: { containerStatuses?: { state: { terminated?: { exitCode: number } } }[] };
    }[];
  }>(pods, { query: { labelSelector: `job-name=${job}` } });
  const [pod] = items;
  return {
    exitCode: pod?.status.containerStatuses?.[0]?.state.terminated?.exitCode,
    log: pod === undefined ? "" : await cluster.text(`${pods}/${pod.metadata.name}/log`),
  };
}

/** Deletes a Job with its pods and returns when it is gone. */
export async function deleteJob(cluster: ApiClient, name: string): Promise<void> {
  const job = `/apis/batch/v1/namespaces/${NAMESPACE}/jobs/${name}`;
  await cluster.delete(job, { propagationPolicy: "Background" });
  while ((await cluster.find(job)) !== undefined) {
    await sleep(50);
  }
}

/** A token of a ServiceAccount straight from the API server (TokenRequest), as a stolen one would look. */
export async function requestToken(cluster: ApiClient, serviceAccount: string, audience: string): Promise<string> {
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${serviceAccount}/token`;
  const body = { spec: { audiences: [audience], expirationSeconds: 600 } };
  return (await cluster.post<{ status: { token: string } }>(path, body)).status.token;
}
