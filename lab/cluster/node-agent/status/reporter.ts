import { setTimeout as sleep } from "node:timers/promises";
import { hasStatusCode } from "../../api-error";
import type { NodeContext } from "../node-context";
import type { Pod } from "../pod";
import type { PodState } from "./status";
import { statusPatch } from "./status";

const ATTEMPTS = 5;
const PAUSE_MS = 200;

/** Sends a pod's status to the API server, one patch after the other, so that none overtakes a newer one. */
export class PodReporter {
  #last: Promise<void> = Promise.resolve();
  readonly #pod: Pod;
  readonly #state: PodState;
  readonly #node: NodeContext;

  constructor(pod: Pod, state: PodState, node: NodeContext) {
    this.#pod = pod;
    this.#state = state;
    this.#node = node;
  }

  /** Resolves when the state as it is now, or a newer one, has been sent; never rejects. */
  async report(): Promise<void> {
    this.#last = this.#last.then(async () => await this.#send());
    await this.#last;
  }

  /** Records an event on the pod, as `kubectl describe` shows them. */
  async event(type: "Normal" | "Warning", reason: string, message: string): Promise<void> {
    const { name, namespace, uid } = this.#pod.metadata;
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    try {
      await this.#node.client.post(`/api/v1/namespaces/${namespace}/events`, {
        metadata: { generateName: `${name}.`, namespace },
        involvedObject: { apiVersion: "v1", kind: "Pod", name, namespace, uid },
        type,
        reason,
        message,
        source: { component: "kubelet", host: this.#node.nodeName },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      });
    } catch (error) {
      this.#node.log(`event of pod ${name} lost: ${String(error)}`);
    }
  }

  async #send(): Promise<void> {
    const { name, namespace } = this.#pod.metadata;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
        await this.#node.client.patch(path, statusPatch(this.#pod, this.#state));
        return;
      } catch (error) {
        if (hasStatusCode(error, 404, 409)) {
          return; // gone, or another pod of that name
        }
        this.#node.log(`status of pod ${name} not sent: ${String(error)}`);
        await sleep(PAUSE_MS);
      }
    }
  }
}
