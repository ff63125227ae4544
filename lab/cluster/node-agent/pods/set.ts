import { hasStatusCode } from "../../api-error";
import type { NodeContext } from "../node-context";
import type { Pod } from "../pod";
import { PodWorker } from "./worker";

/** The pods this node runs, by their uid. */
export class PodSet {
  readonly #workers = new Map<string, PodWorker>();
  readonly #deleting = new Set<string>();
  #stopped = false;
  readonly #node: NodeContext;

  constructor(node: NodeContext) {
    this.#node = node;
  }

  /** The newest pod of that name. */
  find(namespace: string, name: string): PodWorker | undefined {
    const matching = [...this.#workers.values()].filter(
      ({ pod: { metadata } }) => metadata.namespace === namespace && metadata.name === name,
    );
    return matching.at(-1);
  }

  /** Takes a complete list: pods that are not in it are gone. */
  replace(pods: Pod[]): void {
    const present = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const uid of this.#workers.keys()) {
      if (!present.has(uid)) {
        this.removed(uid);
      }
    }
    for (const pod of pods) {
      this.changed(pod);
    }
  }

  /** Brings one pod on: binds it, starts it, or ends it. */
  changed(pod: Pod): void {
    const { uid, deletionTimestamp } = pod.metadata;
    if (this.#stopped) {
      return;
    }
    if (pod.spec.nodeName === undefined || pod.spec.nodeName === "") {
      if (deletionTimestamp === undefined && (pod.spec.schedulingGates ?? []).length === 0) {
        this.#detached(this.#bind(pod), pod);
      }
    } else if (pod.spec.nodeName !== this.#node.nodeName) {
      return;
    } else if (deletionTimestamp !== undefined) {
      if (!this.#deleting.has(uid)) {
        this.#deleting.add(uid);
        this.#detached(this.#delete(pod), pod);
      }
    } else if (!this.#workers.has(uid) && pod.status.phase !== "Succeeded" && pod.status.phase !== "Failed") {
      const worker = new PodWorker(pod, this.#node);
      this.#workers.set(uid, worker);
      this.#detached(worker.run(), pod);
    }
  }

  /** The API no longer knows the pod: whatever still runs is killed. */
  removed(uid: string): void {
    const worker = this.#workers.get(uid);
    this.#workers.delete(uid);
    this.#deleting.delete(uid);
    if (worker !== undefined) {
      this.#detached(
        worker.stop(0).then(async () => await worker.remove()),
        worker.pod,
      );
    }
  }

  /** Kills everything. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#workers.values()].map(async (worker) => await worker.stop(0)));
  }

  async #bind({ metadata }: Pod): Promise<void> {
    try {
      await this.#node.client.post(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/binding`, {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name: metadata.name, uid: metadata.uid },
        target: { apiVersion: "v1", kind: "Node", name: this.#node.nodeName },
      });
    } catch (error) {
      // Two events of an unbound pod may come before the first binding is seen.
      if (!hasStatusCode(error, 404, 409)) {
        throw error;
      }
    }
  }

  async #delete(pod: Pod): Promise<void> {
    const { name, namespace, uid, deletionGracePeriodSeconds } = pod.metadata;
    await this.#workers.get(uid)?.stop(deletionGracePeriodSeconds);
    const options = { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0, preconditions: { uid } };
    await this.#node.client.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, options).catch((error) => {
      if (!hasStatusCode(error, 404, 409)) {
        throw error;
      }
    });
  }

  #detached(work: Promise<void>, pod: Pod): void {
    work.catch((error) => {
      if (!this.#stopped) {
        this.#node.log(`pod ${pod.metadata.namespace}/${pod.metadata.name}: ${String(error)}`);
      }
    });
  }
}
