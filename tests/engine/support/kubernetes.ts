import { ApiClient } from "../../../lab/cluster/api-client";
import type { LabState } from "../../../lab/types";

/** A Kubernetes object as the tests look at it. */
export interface ObjectView {
  kind: string;
  metadata: { name: string; namespace?: string; uid: string; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
  status?: {
    phase?: string;
    succeeded?: number;
    failed?: number;
    availableReplicas?: number;
    containerStatuses?: Record<"state" | "lastState", { terminated?: { message?: string } } | undefined>[];
  };
}

const KINDS = {
  Namespace: "/api/v1/namespaces",
  ServiceAccount: "/api/v1/serviceaccounts",
  ConfigMap: "/api/v1/configmaps",
  Job: "/apis/batch/v1/jobs",
  CronJob: "/apis/batch/v1/cronjobs",
  Deployment: "/apis/apps/v1/deployments",
  Role: "/apis/rbac.authorization.k8s.io/v1/roles",
  RoleBinding: "/apis/rbac.authorization.k8s.io/v1/rolebindings",
  Pod: "/api/v1/pods",
};

/** Looks into the first cluster of a lab. */
export class KubernetesView {
  readonly client: ApiClient;

  constructor(state: LabState) {
    this.client = ApiClient.fromKubeconfig(state.kubeconfig);
  }

  /** Objects of one kind that carry our label, in every namespace or one. */
  async ours(kind: keyof typeof KINDS, namespace?: string): Promise<ObjectView[]> {
    const query = { labelSelector: "app.kubernetes.io/name=oidc-runner" };
    const { items } = await this.client.get<{ items: ObjectView[] }>(KINDS[kind], { query });
    return items.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  }

  /** Everything in the cluster that carries our label, as `Kind namespace/name`. */
  async all(): Promise<string[]> {
    const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];
    const lists = await Promise.all(kinds.map(async (kind) => ({ kind, items: await this.ours(kind) })));
    return lists.flatMap(({ kind, items }) =>
      items.map(({ metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`),
    );
  }

  /** The only Job of ours, with its pods and what they wrote. */
  async job(namespace?: string): Promise<{ job: ObjectView; pods: ObjectView[]; log: string }> {
    const [jobs, pods] = await Promise.all([this.ours("Job", namespace), this.ours("Pod", namespace)]);
    if (jobs.length !== 1) {
      throw new Error(`there are ${jobs.length} Jobs: ${jobs.map(({ metadata }) => metadata.name).join(", ")}`);
    }
    const logs = await Promise.all(
      pods.map(({ metadata }) =>
        this.client.text(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/log`),
      ),
    );
    return { job: jobs[0] as ObjectView, pods, log: logs.join("") };
  }

  /** What the only pod of a runner wrote. */
  async logOf(namespace: string, instance: string): Promise<string> {
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const query = { labelSelector: `app.kubernetes.io/instance=${instance}` };
    const { items } = await this.client.get<{ items: ObjectView[] }>(pods, { query });
    if (items.length !== 1) {
      throw new Error(`${instance} has ${items.length} pods`);
    }
    return this.client.text(`${pods}/${items[0]?.metadata.name}/log`);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** A namespace made by the test: one that a program makes costs each `destroy` the controller's five seconds of grace. */
export async function makeNamespace(state: LabState, name: string): Promise<void> {
  const client = ApiClient.fromKubeconfig(state.kubeconfig);
  await client.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await client.close();
}
