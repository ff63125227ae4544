import path from "node:path";
import type { ControlPlaneBinaries } from "../../tools/toolchain";
import type { OidcRunnerError } from "../../trust";
import type { ClusterState } from "../types";
import { ApiClient } from "./api-client";
import { startControlPlane } from "./control-plane";
import { writeKubeconfig } from "./kubeconfig";
import { type PodEnded, type PodEnvironment, startNodeAgent } from "./node-agent";
import type { ImageDefinition } from "./node-agent/root";
import type { CertificateAuthority } from "./pki";
import { makePrivateDirectory } from "./private-file";

/** What a cluster is started with. */
export interface ClusterOptions {
  /** Letters, digits and hyphens; unique in the lab. */
  name: string;
  /** `iss` of the tokens, any https URL; default the API server's own address. */
  issuer?: string;
  /** Audiences the API server itself accepts; default `["https://kubernetes.default.svc"]`. */
  apiAudiences?: string[];
  /** The cluster's own directory; made with mode 0700, left in place by `stop`. */
  directory: string;
  binaries: ControlPlaneBinaries;
  /** Signs the API server's certificate. */
  ca: CertificateAuthority;
  /** What images add to the host's file system; default none. */
  images?: ImageDefinition[];
  /** Files of the host that every container has in place of its image's; default none. */
  nodeBinds?: ImageDefinition["binds"];
  /** Host directories, besides the usual private ones, that containers find empty: the lab's, the user's checkout. */
  hiddenDirectories?: string[];
  /** Finished and failed Jobs become known, and crashed containers restart, in milliseconds. Default true. */
  acceleratedJobs?: boolean;
  /** How many times faster than real life projected tokens are renewed; default 1. Their own lifetime stays. */
  tokenRenewalSpeed?: number;
  /**
   * Variables the node gives every container of a pod, weaker than the pod's own: in place of what a cloud's node gives
   * by its network. Default: none.
   */
  podEnvironment?: PodEnvironment;
  /** Called when the last container of a pod has ended: puts away what {@link podEnvironment} made. Default: nothing. */
  podEnded?: PodEnded;
  /**
   * Addresses of a cloud that can't be served on this machine's network (link-local ones) → addresses of their stand-ins.
   * A container's variable whose value is exactly such an address gets the stand-in's. Default: none.
   */
  substitutes?: Readonly<Record<string, string>>;
  /** Milliseconds the start may take; default 60000. */
  deadlineMs?: number;
  /** Receives lines about pods that need attention; never secrets. Default: dropped. */
  log?: (line: string) => void;
}

/** A running cluster: a real API server and controllers, and one node that runs pods on this machine. */
export interface Cluster {
  state: ClusterState;
  /** Where the token signing keys are, whatever the issuer is called: `https://127.0.0.1:PORT/openid/v1/jwks`. */
  jwksUrl: string;
  /** Where the discovery document is, likewise. */
  discoveryUrl: string;
  /** As administrator. */
  client: ApiClient;
  /** Resolves, with the reason, when a component of the control plane ends without being stopped. */
  failed: Promise<OidcRunnerError>;
  /** Kills containers and servers. Files stay. */
  stop(): Promise<void>;
}

const NODE_NAME = "lab-node";
const ACCELERATED_CRASH_BACKOFF_MS = 300;

/**
 * Starts a cluster. Call it inside the lab's isolated process (`isolatedCommand`): it mounts file systems, and it counts
 * on the process namespace to end what a crash would leave behind.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { name, directory, ca, acceleratedJobs = true } = options;
  makePrivateDirectory(directory);
  const controlPlane = await startControlPlane({ ...options, nodeName: NODE_NAME });
  const { server, issuer, tokens, client, failed } = controlPlane;
  try {
    const agent = await startNodeAgent({
      nodeName: NODE_NAME,
      client: new ApiClient({ server, ca: ca.certificatePem, token: tokens.node }),
      kubelet: controlPlane.kubelet,
      directory: path.join(directory, "node"),
      images: options.images ?? [],
      binds: options.nodeBinds,
      hiddenDirectories: [...(options.hiddenDirectories ?? []), directory],
      tokenRenewalSpeed: options.tokenRenewalSpeed,
      crashBackoffMs: acceleratedJobs ? ACCELERATED_CRASH_BACKOFF_MS : undefined,
      podEnvironment: options.podEnvironment,
      podEnded: options.podEnded,
      substitutes: options.substitutes,
      log: options.log,
    });
    const kubeconfig = path.join(directory, "kubeconfig");
    writeKubeconfig(kubeconfig, name, { server, token: tokens.administrator, ca: ca.certificatePem });
    return {
      state: { name, server, issuer, kubeconfig },
      jwksUrl: `${server}/openid/v1/jwks`,
      discoveryUrl: `${server}/.well-known/openid-configuration`,
      client,
      failed,
      async stop() {
        await agent.stop();
        await controlPlane.stop();
      },
    };
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}
