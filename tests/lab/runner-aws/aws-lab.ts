import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareLab } from "../../../cli/prepare-lab";
import { ApiClient } from "../../../lab/cluster/api-client";
import type { ImageDefinition } from "../../../lab/cluster/node-agent/images";
import { clusterOfShape } from "../../../lab/issuer-shapes";
import type { LabState } from "../../../lab/types";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { silentReport } from "../../../tools/toolchain/report";

/** An image with Node and this package's dependencies, AWS' SDK among them. */
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

/** A lab with two EKS-shaped clusters, and administrators of both. */
export interface AwsLab {
  state: LabState;
  first: ApiClient;
  second: ApiClient;
  stop(): Promise<void>;
}

/** Starts a lab in a directory of its own; it ends with this process at the latest. */
export async function startAwsLab(): Promise<AwsLab> {
  // The lab's supervisor is a process of its own and runs the compiled files.
  const { startLab } = require("../../../dist/lab/lab") as typeof import("../../../lab/lab");
  const lab = await startLab({
    ...(await prepareLab(silentReport)),
    // The lab removes it on its way down, however this process ends.
    directory: mkdtempSync(join(tmpdir(), "oidc-runner-aws-")),
    organization: "acme",
    clusters: [clusterOfShape("eks", "first"), clusterOfShape("eks", "second")],
    images: [nodeImage],
    detached: false,
  });
  const [first, second] = lab.state.clusters.map(({ kubeconfig }) => ApiClient.fromKubeconfig(kubeconfig)) as [
    ApiClient,
    ApiClient,
  ];
  return {
    state: lab.state,
    ...{ first, second },
    async stop() {
      await Promise.all([first.close(), second.close()]);
      await lab.stop();
    },
  };
}
