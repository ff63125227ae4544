import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "../../../lab/cluster/api-client";
import type { ClusterOptions } from "../../../lab/cluster/cluster";
import { lines } from "../../../lab/cluster/lines";
import { dyingWithParent, isolatedCommand } from "../../../lab/isolation";
import type { ClusterState } from "../../../lab/types";
import { resolveControlPlane } from "../../../tools/toolchain/control-plane";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { silentReport } from "../../../tools/toolchain/report";
import type { ControlPlaneBinaries } from "../../../tools/toolchain/types";

/** A cluster in a process of its own, which dies with the test run whatever happens to it. */
export interface IsolatedCluster {
  state: ClusterState;
  jwksUrl: string;
  discoveryUrl: string;
  client: ApiClient;
  /** Of this cluster alone; gone after `stop`. */
  directory: string;
  /** Everything the cluster's process wrote to standard error so far. */
  log(): string;
  /** Asks the cluster to stop, waits until all of it is gone and removes its directory. */
  stop(): Promise<void>;
}

const NOBODY = 65_534;

/**
 * Starts a cluster with the image `pulumi/pulumi*`, whose `pulumi` is a stand-in that prints its arguments.
 *
 * @param options as for `startCluster`; `asNobody`: as an ordinary user, in a user namespace (only root can ask)
 */
export async function startIsolatedCluster(
  options: Partial<ClusterOptions> & { asNobody?: boolean } = {},
): Promise<IsolatedCluster> {
  const { asNobody = false, ...wanted } = options;
  const directory = mkdtempSync(path.join(tmpdir(), "oidc-runner-cluster-"));
  const image = path.join(directory, "image");
  mkdirSync(image);
  writeFileSync(path.join(image, "pulumi"), '#!/bin/sh\necho "stand-in pulumi $*"\n', { mode: 0o755 });
  chmodSync(image, 0o755);
  if (asNobody) {
    chownSync(directory, NOBODY, NOBODY);
  }
  const clusterOptions = {
    name: "test",
    directory: path.join(directory, "cluster"),
    binaries: asNobody ? await copied(directory) : await resolveControlPlane(silentReport),
    images: [
      { match: "registry.example.com/gone:*", binds: [], missing: true },
      { match: "pulumi/pulumi*", binds: [{ source: image, target: "/pulumi/bin" }], path: "/pulumi/bin:/usr/bin:/bin" },
    ],
    hiddenDirectories: [directory],
    ...wanted,
  };
  const script = path.join(packageRoot(), "dist", "tests", "lab", "cluster", "cluster-host.js");
  const host = ["node", script, JSON.stringify(clusterOptions)];
  const user = [
    "setpriv",
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    "--inh-caps=-all",
    "--pdeathsig=KILL",
    "--",
  ];
  const argv = asNobody
    ? [...user, ...isolatedCommand(host, "user-namespace")]
    : dyingWithParent(isolatedCommand(host));
  const child = spawn(argv[0]!, argv.slice(1), {
    stdio: ["pipe", "pipe", "pipe"],
    cwd: packageRoot(),
    env: { ...process.env, HOME: directory },
  });
  const exited = once(child, "exit");
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += String(chunk);
  });
  const remove = async () => {
    child.kill("SIGKILL");
    await exited;
    // What dies with the process may be writing its last.
    rmSync(directory, { recursive: true, force: true, maxRetries: 20 });
  };
  const first = await lines(child.stdout).next();
  if (first.done === true) {
    await remove();
    throw new Error(`the cluster did not start:\n${log}`);
  }
  const described = JSON.parse(first.value) as Pick<IsolatedCluster, "state" | "jwksUrl" | "discoveryUrl">;
  const client = ApiClient.fromKubeconfig(described.state.kubeconfig);
  return {
    ...described,
    client,
    directory,
    log: () => log,
    async stop() {
      await client.close();
      child.stdin.end();
      await Promise.race([exited, sleep(60_000, undefined, { ref: false })]);
      await remove();
    },
  };
}

/** The control plane in a directory that an ordinary user can read: the cache may lie in root's home. */
async function copied(directory: string): Promise<ControlPlaneBinaries> {
  const binaries = await resolveControlPlane(silentReport);
  const copies = new Map<string, string>();
  const copy = ([from = "", ...rest]: string[]): string[] => {
    const to = copies.get(from) ?? path.join(directory, `binary-${copies.size}`);
    if (!copies.has(from)) {
      copies.set(from, to);
      copyFileSync(from, to);
      chmodSync(to, 0o755);
    }
    return [to, ...rest];
  };
  return {
    etcd: copy(binaries.etcd),
    kubeApiserver: copy(binaries.kubeApiserver),
    kubeControllerManager: copy(binaries.kubeControllerManager),
  };
}

/** Polls until `check` returns something; mocha's timeout is the deadline. */
export async function eventually<T>(check: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const result = await check();
    if (result !== undefined) {
      return result;
    }
    await sleep(50);
  }
}

/** A pod as the tests look at it. */
export interface PodView {
  metadata: { name: string; namespace: string; uid: string };
  spec: { serviceAccountName: string };
  status: {
    phase: string;
    reason?: string;
    containerStatuses?: {
      restartCount: number;
      state: {
        waiting?: { reason: string; message?: string };
        running?: object;
        terminated?: { exitCode: number; reason: string; message?: string };
      };
    }[];
  };
}

/** Creates a pod in `default`; `spec` gets `restartPolicy: Never` and no API token unless it says otherwise. */
export async function createPod(
  client: ApiClient,
  name: string,
  spec: object,
  metadata: object = {},
): Promise<PodView> {
  return await client.post<PodView>("/api/v1/namespaces/default/pods", {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...metadata },
    spec: { restartPolicy: "Never", automountServiceAccountToken: false, ...spec },
  });
}

/** Waits until the pod has come to its end and returns it with its only container's log. */
export async function podOutcome(client: ApiClient, name: string): Promise<{ pod: PodView; log: string }> {
  const where = `/api/v1/namespaces/default/pods/${name}`;
  const pod = await eventually(async () => {
    const found = await client.get<PodView>(where);
    return ["Succeeded", "Failed"].includes(found.status.phase) ? found : undefined;
  });
  return { pod, log: await client.text(`${where}/log`) };
}

/** Creates a pod of one shell container and returns its log; it must succeed. */
export async function runShell(
  client: ApiClient,
  name: string,
  script: string,
  spec: object = {},
  container: object = {},
): Promise<string> {
  const shell = { name: "main", image: "busybox", command: ["/bin/sh", "-c", script], ...container };
  await createPod(client, name, { containers: [shell], ...spec });
  const { pod, log } = await podOutcome(client, name);
  assert.equal(pod.status.phase, "Succeeded", `${log}\n${JSON.stringify(pod.status)}`);
  return log;
}
