import { chown } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OidcRunnerError } from "../../../trust";
import { ownsAllUsers } from "../../isolation";
import type { ApiClient } from "../api-client";
import type { KubeletCredentials } from "../control-plane-files";
import { makePrivateDirectory } from "../private-file";
import { startKubeletServer } from "./kubelet-server";
import type { NodeContext, PodEnded, PodEnvironment } from "./node-context";
import { registerNode } from "./node-object";
import { apiObjectSource } from "./object-source";
import type { Pod } from "./pod";
import { PodSet } from "./pods";
import { canOverlayRoot, type ImageDefinition, outermostDirectories } from "./root";
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
  /** Files of the host that every container has. Default none. */
  binds?: ImageDefinition["binds"];
  /** Host directories that containers find empty, besides /root, /home, /tmp, /run and /var/tmp. */
  hiddenDirectories: string[];
  /** Default 1: real life. */
  tokenRenewalSpeed?: number;
  /** Default 10000, the kubelet's. */
  crashBackoffMs?: number;
  /** Default: adds nothing. */
  podEnvironment?: PodEnvironment;
  /** Default: does nothing. */
  podEnded?: PodEnded;
  /** Default none. */
  substitutes?: Readonly<Record<string, string>>;
  log?: (line: string) => void;
}

/** A node that runs pods as confined processes of this machine. */
export interface NodeAgent {
  /** Kills all containers and takes the mounts down. The pods stay in the API. */
  stop(): Promise<void>;
}

/** Homes, sockets and other people's files: nothing an image would contain. */
const ALWAYS_HIDDEN = ["/root", "/home", "/tmp", "/run", "/var/tmp"];
const RELIST_PAUSE_MS = 200;

/** Registers a node and runs every pod of the cluster on it. Must be root of its mount namespace. */
export async function startNodeAgent(options: NodeAgentOptions): Promise<NodeAgent> {
  const { client, directory, nodeName, log = () => {} } = options;
  const memoryDirectory = path.join(directory, "memory");
  const diskDirectory = path.join(directory, "disk");
  makePrivateDirectory(memoryDirectory);
  makePrivateDirectory(diskDirectory);
  await mountMemory(memoryDirectory);
  const allUsers = ownsAllUsers();
  const node: NodeContext = {
    nodeName,
    client,
    objects: apiObjectSource(client),
    images: options.images,
    binds: options.binds ?? [],
    hidden: outermostDirectories([...ALWAYS_HIDDEN, ...options.hiddenDirectories, directory]),
    memoryDirectory,
    diskDirectory,
    allUsers,
    rootOverlay: await canOverlayRoot(memoryDirectory),
    chown: allUsers ? chown : async () => {},
    tokenRenewalSpeed: options.tokenRenewalSpeed ?? 1,
    crashBackoffMs: options.crashBackoffMs ?? 10_000,
    podEnvironment: options.podEnvironment ?? (() => ({})),
    podEnded: options.podEnded ?? (() => {}),
    substitutes: options.substitutes ?? {},
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

async function mountMemory(directory: string): Promise<void> {
  try {
    await runTool("mount", ["-t", "tmpfs", "-o", "mode=0700", "tmpfs", directory]);
  } catch (cause) {
    throw new OidcRunnerError("LAB_NOT_ISOLATED", "the node agent may not mount file systems", {
      where: directory,
      fix: "start the process that runs it with isolatedCommand()",
      cause,
    });
  }
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
        await sleep(RELIST_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
