import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { NODE_IMAGE } from "./google-lab";

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
  /** Where Google's tokens are verified. */
  oauthUrl: string;
  serviceAccountName?: string;
  /** Leave the entrypoint out: only what Google says counts. Default false. */
  bare?: boolean;
}

/** How a probe ended. */
export interface ProbeOutcome {
  exitCode: number | undefined;
  log: string;
}

/**
 * Gets both kinds of token by application default credentials and prints whose they are, by Google's own verification; on
 * refusal the status. Ends with 3 when one was refused.
 */
const WHOSE_TOKENS = `
  const { GoogleAuth, OAuth2Client } = require("google-auth-library");
  const oauth = process.env.OAUTH_URL;
  const verifier = new OAuth2Client({
    endpoints: { tokenInfoUrl: oauth + "/tokeninfo", oauth2FederatedSignonPemCertsUrl: oauth + "/oauth2/v1/certs" },
  });
  const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  const audience = "https://service.example.com";
  const access = async () => {
    const { email = "the workload itself" } = await verifier.getTokenInfo(await auth.getAccessToken());
    return email;
  };
  const identity = async () => {
    const headers = await (await auth.getIdTokenClient(audience)).getRequestHeaders();
    const idToken = headers.get("authorization").replace("Bearer ", "");
    return (await verifier.verifyIdToken({ idToken, audience })).getPayload().email;
  };
  const show = (what, whose) =>
    whose().then(
      (email) => console.log(what + " token of " + email),
      (error) => {
        console.log(what + " token refused: " + (error.status ?? error.message));
        process.exitCode = 3;
      },
    );
  show("access", access).then(() => show("ID", identity));
`;

/** The pod template of the only Job in a namespace, as the API server has it. */
export async function templateOf(client: ApiClient, namespace: string): Promise<PodTemplate> {
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const { items } = await client.get<{ items: { spec: { template: PodTemplate } }[] }>(jobs);
  const [job, ...more] = items;
  if (job === undefined || more.length > 0) {
    throw new Error(`there are ${items.length} Jobs in ${namespace}`);
  }
  return job.spec.template;
}

/** Runs a runner's pod once more, with Google's library as its work, and waits for its end. */
export async function probe(template: PodTemplate, name: string, options: ProbeOptions): Promise<ProbeOutcome> {
  const { client, namespace, serviceAccountName, oauthUrl, bare = false } = options;
  const copy = structuredClone(template);
  const [container] = copy.spec.containers as [PodTemplate["spec"]["containers"][0]];
  const work = ["node", "-e", WHOSE_TOKENS];
  container.image = NODE_IMAGE;
  container.env.push({ name: "OAUTH_URL", value: oauthUrl });
  if (bare) {
    // What the entrypoint would set.
    container.env.push({ name: "NODE_EXTRA_CA_CERTS", value: "/opt/oidc-runner/ca.crt" });
  }
  container.args = bare ? [] : work;
  container.command = bare ? work : container.command;
  copy.spec.serviceAccountName = serviceAccountName ?? copy.spec.serviceAccountName;
  copy.metadata = { labels: { probe: name } };
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const spec = { backoffLimit: 0, activeDeadlineSeconds: 90, template: copy };
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

/** Makes a namespace that a runner's pod can run in: its ServiceAccount with its annotation, and its ConfigMaps. */
export async function copyNeeds(
  template: PodTemplate,
  from: { client: ApiClient; namespace: string },
  to: { client: ApiClient; namespace: string },
): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await to.client.post("/api/v1/namespaces", { metadata: { name: to.namespace, labels } });
  const { serviceAccountName: name, volumes } = template.spec;
  await copyServiceAccount(from, to, name);
  for (const { configMap } of volumes) {
    if (configMap !== undefined) {
      const path = `/api/v1/namespaces/${from.namespace}/configmaps/${configMap.name}`;
      const { data } = await from.client.get<{ data: Record<string, string> }>(path);
      const metadata = { name: configMap.name };
      await to.client.post(`/api/v1/namespaces/${to.namespace}/configmaps`, { metadata, data });
    }
  }
}

/** Makes a ServiceAccount that claims what another one has: the same annotations, perhaps another name. */
export async function copyServiceAccount(
  from: { client: ApiClient; namespace: string },
  to: { client: ApiClient; namespace: string },
  name: string,
  newName = name,
): Promise<void> {
  const path = `/api/v1/namespaces/${from.namespace}/serviceaccounts/${name}`;
  const { metadata } = await from.client.get<{ metadata: { annotations?: Record<string, string> } }>(path);
  const { "iam.gke.io/gcp-service-account": email = "" } = metadata.annotations ?? {};
  const annotations = { "iam.gke.io/gcp-service-account": email };
  await to.client.post(`/api/v1/namespaces/${to.namespace}/serviceaccounts`, {
    metadata: { name: newName, annotations },
  });
}
