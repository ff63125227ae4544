import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareLab } from "../../../cli/prepare-lab";
import { ApiClient } from "../../../lab/cluster/api-client";
import type { ImageDefinition } from "../../../lab/cluster/node-agent/images";
import { clusterOfShape, LAB_PROJECT } from "../../../lab/issuer-shapes";
import type { LabState } from "../../../lab/types";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { silentReport } from "../../../tools/toolchain/report";

/** An image with Node and this package's dependencies, Google's library among them. */
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

/** A lab with a GKE-shaped cluster of the lab's project and one of another, and administrators of both. */
export interface GoogleLab {
  state: LabState;
  own: ApiClient;
  foreign: ApiClient;
  stop(): Promise<void>;
}

/** Starts a lab in a directory of its own; it ends with this process at the latest. */
export async function startGoogleLab(): Promise<GoogleLab> {
  // The lab's supervisor is a process of its own and runs the compiled files.
  const { startLab } = require("../../../dist/lab/lab") as typeof import("../../../lab/lab");
  const own = clusterOfShape("gke", "own");
  const elsewhere = clusterOfShape("gke", "foreign");
  const issuer = elsewhere.issuer?.replace(`/projects/${LAB_PROJECT}/`, "/projects/other-project/");
  const lab = await startLab({
    ...(await prepareLab(silentReport)),
    // The lab removes it on its way down, however this process ends.
    directory: mkdtempSync(join(tmpdir(), "oidc-runner-google-")),
    organization: "acme",
    clusters: [own, { ...elsewhere, issuer }],
    images: [nodeImage],
    detached: false,
  });
  const clients = lab.state.clusters.map(({ kubeconfig }) => ApiClient.fromKubeconfig(kubeconfig));
  const [first, second] = clients as [ApiClient, ApiClient];
  return {
    state: lab.state,
    ...{ own: first, foreign: second },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await lab.stop();
    },
  };
}
