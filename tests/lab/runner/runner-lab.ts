import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { prepareLab } from "../../../cli/lab/prepare";
import { ApiClient } from "../../../lab/cluster/api-client";
import type { FaultRequest } from "../../../lab/http/faults";
import type { LabOptions } from "../../../lab/options";
import type { ClusterRequest, LabState } from "../../../lab/types";
import { CloudClient, type Fetch } from "../../../pulumi-cloud/api/client";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { silentReport } from "../../../tools/toolchain/report";

/** A lab as the tests use it: its state, and clients for its parts. */
export interface RunnerLab {
  state: LabState;
  /** PEM of the lab's authority. */
  ca: string;
  /** An administrator of each cluster, in the order asked for. */
  clusters: ApiClient[];
  /** Pulumi Cloud's management API, as administrator. */
  cloud: CloudClient;
  /** What the lab wrote to its log so far. */
  log(): string;
  /** Moves the lab's clock away from the machine's; 0 puts it right. */
  setClock(offsetSeconds: number): Promise<void>;
  /** Whether exchanges are refused without a description. */
  emptyErrorDescriptions(empty: boolean): Promise<void>;
  addFault(fault: FaultRequest): Promise<void>;
  clearFaults(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a lab in a directory of its own; it ends with this process at the latest. */
export async function startRunnerLab(
  clusters: ClusterRequest[],
  images: LabOptions["images"] = [],
): Promise<RunnerLab> {
  // The lab's supervisor is a process of its own and runs the compiled files.
  const { startLab } = require(join(packageRoot(), "dist", "lab", "lab")) as typeof import("../../../lab/lab");
  const lab = await startLab({
    ...(await prepareLab(silentReport)),
    // The lab removes it on its way down, however this process ends.
    directory: mkdtempSync(join(tmpdir(), "oidc-runner-jobs-")),
    organization: "acme",
    clusters,
    images,
    detached: false,
  });
  const { state } = lab;
  const ca = readFileSync(state.ca, "utf8");
  const agent = new Agent({ connect: { ca } });
  const clients = state.clusters.map(({ kubeconfig }) => ApiClient.fromKubeconfig(kubeconfig));
  const { url: apiUrl, organization, adminToken: accessToken } = state.pulumiCloud;
  const fetchFromLab: Fetch = (url, init) =>
    fetch(url, { ...(init as object), dispatcher: agent }) as unknown as Promise<Response>;
  const control = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${state.control.url}${path}`, {
      method,
      dispatcher: agent,
      headers: { Authorization: `Bearer ${state.control.token}`, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    await response.body?.cancel();
  };
  return {
    state,
    ca,
    clusters: clients,
    cloud: new CloudClient({ apiUrl, organization, accessToken, fetch: fetchFromLab }),
    log: () => readFileSync(join(state.directory, "lab.log"), "utf8"),
    setClock: (offsetSeconds) => control("POST", "/clock", { offsetSeconds }),
    emptyErrorDescriptions: (emptyErrorDescriptions) =>
      control("POST", "/pulumi-cloud/switches", { emptyErrorDescriptions }),
    addFault: (fault) => control("POST", "/faults", fault),
    clearFaults: () => control("DELETE", "/faults"),
    async stop() {
      await Promise.all([agent.close(), ...clients.map((client) => client.close())]);
      await lab.stop();
    },
  };
}
