import os from "node:os";
import type { ApiClient } from "../api-client";
import { hasStatusCode } from "../api-error";
import { timestamp } from "./status";

const ARCHITECTURES: Record<string, string> = { x64: "amd64", arm64: "arm64" };
/** As many pods as the lab cares to be asked for. */
const MAXIMUM_PODS = "1000";

/** Registers the node, ready, with its kubelet endpoint at 127.0.0.1:`kubeletPort`. */
export async function registerNode(client: ApiClient, name: string, kubeletPort: number): Promise<void> {
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  const labels = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": architecture,
  };
  try {
    await client.post("/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name, labels } });
  } catch (error) {
    if (!hasStatusCode(error, 409)) {
      throw error;
    }
  }
  const now = timestamp();
  const resources = {
    cpu: String(os.cpus().length),
    memory: `${Math.floor(os.totalmem() / 1024)}Ki`,
    pods: MAXIMUM_PODS,
  };
  await client.patch(`/api/v1/nodes/${name}/status`, {
    status: {
      addresses: [
        { type: "InternalIP", address: "127.0.0.1" },
        { type: "Hostname", address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      capacity: resources,
      allocatable: resources,
      conditions: [
        { type: "Ready", status: "True", reason: "LabNodeReady", lastHeartbeatTime: now, lastTransitionTime: now },
      ],
      nodeInfo: {
        kubeletVersion: "v1.36.3-lab",
        operatingSystem: "linux",
        architecture,
        kernelVersion: os.release(),
        osImage: "the host",
        containerRuntimeVersion: "lab://1",
        bootID: "lab",
        machineID: "lab",
        systemUUID: "lab",
        kubeProxyVersion: "",
      },
    },
  });
}
