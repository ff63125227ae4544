import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareLab } from "../../../cli/lab/prepare";
import { ApiClient } from "../../../lab/cluster/api-client";
import type { ImageDefinition } from "../../../lab/cluster/node-agent/root/images";
import type { ClusterRequest, LabState } from "../../../lab/types";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { silentReport } from "../../../tools/toolchain/report";

/** An image with Node and this package's dependencies, the clouds' own client libraries among them. */
export const NODE_IMAGE = "node:20";

const HOME = "/opt/node";
const nodeImage: ImageDefinition & { match: string } = {
  match: "node:*",
  binds: [
    { source: process.execPath, target: `${HOME}/bin/node` },
    { source: join(packageRoot(), "node_modules"), target: `${HOME}/node_modules` },
  ],
  path: `${HOME}/bin:/usr/local/bin:/usr/bin:/bin`,
  env: { NODE_PATH: `${HOME}/node_modules` },
};

/** A lab whose pods may run that image, with an administrator of each of two clusters. */
export interface NodeLab {
  state: LabState;
  clients: [ApiClient, ApiClient];
  stop(): Promise<void>;
}

/** Starts a lab in a directory of its own; it ends with this process at the latest. */
export async function startNodeLab(name: string, clusters: [ClusterRequest, ClusterRequest]): Promise<NodeLab> {
  // The lab's supervisor is a process of its own and runs the compiled files.
  const { startLab } = require(join(packageRoot(), "dist", "lab", "lab")) as typeof import("../../../lab/lab");
  const lab = await startLab({
    ...(await prepareLab(silentReport)),
    // The lab removes it on its way down, however this process ends.
    directory: mkdtempSync(join(tmpdir(), `oidc-runner-${name}-`)),
    organization: "acme",
    clusters,
    images: [nodeImage],
    detached: false,
  });
  const clients = lab.state.clusters.map(({ kubeconfig }) => ApiClient.fromKubeconfig(kubeconfig));
  return {
    state: lab.state,
    clients: clients as NodeLab["clients"],
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await lab.stop();
    },
  };
}
