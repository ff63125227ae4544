import { chown } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ownsAllUsers } from "../../isolation";
import type { ApiClient } from "../api-client";
import { hasStatusCode } from "../api-error";
import type { KubeletCredentials } from "../control-plane-files";
import { makePrivateDirectory } from "../private-file";
import type { ImageDefinition } from "./images";
import { startKubeletServer } from "./kubelet-server";
import type { NodeContext } from "./node-context";
import { registerNode } from "./node-object";
import { apiObjectSource } from "./object-source";
import type { Pod } from "./pod-types";
import { PodWorker } from "./pod-worker";
import { canOverlayRoot } from "./root-overlay";
import { outermostDirectories } from "./root-plan";
import { runTool } from "./run-tool";

/** What a node agent is started with. */
export interface NodeAgentOptions {
  nodeName: string;
  /** As the node's user; closed by the agent's stop. */
  client: ApiClient;
  kubelet: KubeletCredentials;
  /** For volumes and logs; made with mode 0700. */
  directory: string;
  images: ImageDefinition[];
  /** Host directories that containers find empty, besides /root, /home, /tmp, /run and /var/tmp. */
  hiddenDirectories: string[];
  /** Default 1: real life. */
  tokenRenewalSpeed?: number;
  /** Default 10000, the kubelet's. */
  crashBackoffMilliseconds?: number;
  log?: (line: string) => void;
}

/** A node that runs pods as confined processes of this machine. */
export interface NodeAgent {
  /** Kills all containers and takes the mounts down. The pods stay in the API. */
  stop(): Promise<void>;
}

/** Homes, sockets and other people's files: nothing an image would contain. */
const ALWAYS_HIDDEN = ["/root", "/home", "/tmp", "/run", "/var/tmp"];
const RELIST_PAUSE_MILLISECONDS = 200;

/** Registers a node and runs every pod of the cluster on it. Must be root of its mount namespace. */
export async function startNodeAgent(options: NodeAgentOptions): Promise<NodeAgent> {
  const { client, directory, nodeName, log = () => {} } = options;
  const memoryDirectory = path.join(directory, "memory");
  const diskDirectory = path.join(directory, "disk");
  makePrivateDirectory(memoryDirectory);
  makePrivateDirectory(diskDirectory);
  await runTool("mount", ["-t", "tmpfs", "-o", "mode=0700", "tmpfs", memoryDirectory]);
  const allUsers = ownsAllUsers();
  const node: NodeContext = {
    nodeName,
    client,
    objects: apiObjectSource(client),
    images: options.images,
    hidden: outermostDirectories([...ALWAYS_HIDDEN, ...options.hiddenDirectories, directory]),
    memoryDirectory,
    diskDirectory,
    allUsers,
    rootOverlay: await canOverlayRoot(memoryDirectory),
    chown: allUsers ? chown : async () => {},
    tokenRenewalSpeed: options.tokenRenewalSpeed ?? 1,
    crashBackoffMilliseconds: options.crashBackoffMilliseconds ?? 10_000,
    log,
  };
  const pods = new PodSet(node);
  const kubelet = await startKubeletServer(options.kubelet, node, (namespace, name) => pods.find(namespace, name));
  await registerNode(client, nodeName, kubelet.port);
  const watching = new AbortController();
  const watch = watchPods(node, pods, watching.signal);
  return {
    async stop() {
      watching.abort();
      await pods.stop();
      await kubelet.stop();
      await client.close();
      await watch;
      await runTool("umount", ["--lazy", memoryDirectory]);
    },
  };
}

async function watchPods(node: NodeContext, pods: PodSet, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const list = await node.client.get<{ items: Pod[]; metadata: { resourceVersion: string } }>("/api/v1/pods");
      pods.replace(list.items);
      const query = { resourceVersion: list.metadata.resourceVersion };
      for await (const { type, object } of node.client.watch<Pod>("/api/v1/pods", { query, signal })) {
        if (type === "DELETED") {
          pods.removed(object.metadata.uid);
        } else {
          pods.changed(object);
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        node.log(`watch of pods ended: ${String(error)}`);
        await sleep(RELIST_PAUSE_MILLISECONDS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

/** The pods this node runs, by their uid. */
class PodSet {
  readonly #workers = new Map<string, PodWorker>();
  readonly #deleting = new Set<string>();
  #stopped = false;

  constructor(private readonly node: NodeContext) {}

  find(namespace: string, name: string): PodWorker | undefined {
    const matching = [...this.#workers.values()].filter(
      ({ pod: { metadata } }) => metadata.namespace === namespace && metadata.name === name,
    );
    return matching.at(-1);
  }

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

  changed(pod: Pod): void {
    const { uid, deletionTimestamp } = pod.metadata;
    if (this.#stopped) {
      return;
    }
    if (pod.spec.nodeName === undefined || pod.spec.nodeName === "") {
      if (deletionTimestamp === undefined && (pod.spec.schedulingGates ?? []).length === 0) {
        this.#detached(this.#bind(pod), pod);
      }
    } else if (pod.spec.nodeName !== this.node.nodeName) {
      return;
    } else if (deletionTimestamp !== undefined) {
      if (!this.#deleting.has(uid)) {
        this.#deleting.add(uid);
        this.#detached(this.#delete(pod), pod);
      }
    } else if (!this.#workers.has(uid) && pod.status.phase !== "Succeeded" && pod.status.phase !== "Failed") {
      const worker = new PodWorker(pod, this.node);
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

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#workers.values()].map(async (worker) => await worker.stop(0)));
  }

  async #bind({ metadata }: Pod): Promise<void> {
    try {
      await this.node.client.post(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/binding`, {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name: metadata.name, uid: metadata.uid },
        target: { apiVersion: "v1", kind: "Node", name: this.node.nodeName },
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
    await this.node.client.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, options).catch((error) => {
      if (!hasStatusCode(error, 404, 409)) {
        throw error;
      }
    });
  }

  #detached(work: Promise<void>, pod: Pod): void {
    work.catch((error) => {
      if (!this.#stopped) {
        this.node.log(`pod ${pod.metadata.namespace}/${pod.metadata.name}: ${String(error)}`);
      }
    });
  }
}
