import { rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlaneBinaries } from "../../tools/toolchain";
import { OidcRunnerError } from "../../trust";
import { ApiClient } from "./api-client";
import { hasStatusCode } from "./api-error";
import {
  type ControlPlaneTokens,
  type KubeletCredentials,
  rotateServiceAccountKey,
  writeControlPlaneFiles,
} from "./control-plane-files";
import { apiserverFlags, type ControlPlaneLayout, controllerManagerFlags, etcdFlags } from "./control-plane-flags";
import { freePorts } from "./free-ports";
import { writeKubeconfig } from "./kubeconfig";
import type { CertificateAuthority } from "./pki";
import { makePrivateDirectory } from "./private-file";
import { ServerProcess } from "./server-process";

/** What a control plane is started with. */
export interface ControlPlaneOptions {
  /** Directory for data, keys and logs; made with mode 0700. What an earlier control plane left in it is removed. */
  directory: string;
  binaries: ControlPlaneBinaries;
  /** Signs the API server's certificate. */
  ca: CertificateAuthority;
  /** `iss` of the tokens, any https URL; default the API server's own address. */
  issuer?: string;
  /** Default `["https://kubernetes.default.svc"]`, as on EKS. */
  apiAudiences?: string[];
  /** Name of the one node. */
  nodeName: string;
  /**
   * Makes finished and failed Jobs known within milliseconds instead of 1 s and 10 s. Only the lab's own binary can do
   * that; others ignore it. Default true.
   */
  acceleratedJobs?: boolean;
  /** How long each step of the start may take, in milliseconds; default 300000: a busy machine of two cores needs a minute. */
  deadlineMs?: number;
}

/** A running API server with its store and controllers. */
export interface ControlPlane {
  server: string;
  issuer: string;
  tokens: ControlPlaneTokens;
  kubelet: KubeletCredentials;
  /** As administrator. */
  client: ApiClient;
  /** Resolves, with the reason, when a component ends without being stopped. */
  failed: Promise<OidcRunnerError>;
  /**
   * Gives the tokens of ServiceAccounts a new signing key, for which the API server is down for a moment. The key before it
   * stays published beside it, until the next call.
   */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 20;
const START_ATTEMPTS = 3;

/** Starts etcd, kube-apiserver and kube-controller-manager on free loopback ports; ready when it returns. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  if (options.issuer !== undefined) {
    checkIssuer(options.issuer);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options, path.join(options.directory, `control-plane-${attempt}`));
    } catch (error) {
      // Somebody took one of the ports between finding and using it.
      if (attempt === START_ATTEMPTS || !/address already in use/.test(String(error))) {
        throw error;
      }
    }
  }
}

function checkIssuer(issuer: string): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url?.protocol !== "https:" || url.search !== "" || url.hash !== "" || url.username !== "") {
    throw new OidcRunnerError("CLUSTER_ISSUER_INVALID", `"${issuer}" can't be the issuer of a cluster's tokens`, {
      where: "issuer",
      fix: "use an https URL without query, fragment or user",
    });
  }
}

async function startOnce(options: ControlPlaneOptions, directory: string): Promise<ControlPlane> {
  const { binaries, ca, nodeName, acceleratedJobs = true, deadlineMs = 300_000 } = options;
  // Left over from an earlier run, its data would meet new keys.
  rmSync(directory, { recursive: true, force: true });
  makePrivateDirectory(directory);
  const pki = path.join(directory, "pki");
  const [{ tokens, kubelet }, ports] = await Promise.all([writeControlPlaneFiles(pki, ca, nodeName), freePorts(3)]);
  const [etcdPort, etcdPeerPort, port] = ports as [number, number, number];
  const server = `https://127.0.0.1:${port}`;
  const layout: ControlPlaneLayout = {
    dataDirectory: path.join(directory, "etcd"),
    pki,
    controllerManagerKubeconfig: path.join(pki, "controller-manager.kubeconfig"),
    etcdPort,
    etcdPeerPort,
    port,
    issuer: options.issuer ?? server,
    apiAudiences: options.apiAudiences ?? ["https://kubernetes.default.svc"],
  };
  const connection = { server, ca: ca.certificatePem };
  writeKubeconfig(layout.controllerManagerKubeconfig, "lab", { ...connection, token: tokens.controllerManager });

  const processes: ServerProcess[] = [];
  let fail: (error: OidcRunnerError) => void = () => {};
  const failed = new Promise<OidcRunnerError>((resolve) => {
    fail = resolve;
  });
  const run = (name: string, argv: string[], env?: NodeJS.ProcessEnv) => {
    const component = new ServerProcess(name, argv, { logFile: path.join(directory, `${name}.log`), env });
    processes.push(component);
    void component.ended.then(() => component.stopping || fail(component.failure("CONTROL_PLANE_FAILED")));
    return component;
  };
  const client = new ApiClient({ ...connection, token: tokens.administrator });
  const stop = async () => {
    await client.close();
    await Promise.all(processes.map(async (component) => await component.stop()));
  };
  const ready = async (where: string) => {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const refusal = await refusalOf(client, where);
      if (refusal === undefined) {
        return;
      }
      const ended = processes.find((component) => !component.running);
      if (ended !== undefined) {
        throw ended.failure("CONTROL_PLANE_FAILED");
      }
      if (Date.now() > deadline) {
        throw processes
          .at(-1)!
          .failure("CONTROL_PLANE_TIMEOUT", `is not ready after ${deadlineMs / 1000} s: ${refusal}`);
      }
      await sleep(POLL_MS);
    }
  };
  const runApiserver = () => run("kube-apiserver", [...binaries.kubeApiserver, ...apiserverFlags(layout)]);
  const rotate = async () => {
    await apiserver.stop();
    processes.splice(processes.indexOf(apiserver), 1);
    await rotateServiceAccountKey(pki);
    apiserver = runApiserver();
    await ready("/readyz");
  };
  let apiserver: ServerProcess;
  try {
    // The API server keeps trying until etcd answers, so both start at once.
    run("etcd", [...binaries.etcd, ...etcdFlags(layout)]);
    apiserver = runApiserver();
    await ready("/readyz");
    const accelerated = { LAB_JOB_SYNC_BATCH_PERIOD: "50ms", LAB_JOB_POD_FAILURE_BACKOFF: "300ms" };
    const env = acceleratedJobs ? accelerated : {};
    run("kube-controller-manager", [...binaries.kubeControllerManager, ...controllerManagerFlags(layout)], env);
    await allowAnonymousDiscovery(client);
    await ready("/api/v1/namespaces/default/serviceaccounts/default");
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, issuer: layout.issuer, tokens, kubelet, client, failed, rotate, stop };
}

/** Why the API server does not answer with success; undefined when it does. */
async function refusalOf(client: ApiClient, where: string): Promise<string | undefined> {
  try {
    await client.text(where);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Lets everybody read the discovery document and the keys, as every cloud does for its clusters. */
async function allowAnonymousDiscovery(client: ApiClient): Promise<void> {
  const rbac = "rbac.authorization.k8s.io";
  try {
    await client.post(`/apis/${rbac}/v1/clusterrolebindings`, {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "anonymous-service-account-issuer-discovery" },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "system:service-account-issuer-discovery" },
      subjects: [{ apiGroup: rbac, kind: "Group", name: "system:unauthenticated" }],
    });
  } catch (error) {
    if (!hasStatusCode(error, 409)) {
      throw error;
    }
  }
}
