import { gkeClusterOf } from "../../trust/issuers";
import type { Cluster } from "../cluster";
import type { Pod, PodEnvironment } from "../cluster/node-agent";
import type { ServerCertificate, Service } from "../http";
import type { GcpDescription } from "../types";
import { GcpIam } from "./iam";
import { startIamCredentials } from "./iam-credentials";
import { GcpClient, MetadataServers, type Workload } from "./metadata";
import { AccessTokens, IdTokens, startGcpOAuth } from "./oauth";
import { defaultRunSwitches, type RunSwitches, serveRunService } from "./run";
import { type GcpSts, startGcpSts } from "./sts";

/** What the lab's Google Cloud is started with. */
export interface GcpOptions {
  /** Valid for 127.0.0.1. */
  certificate: ServerCertificate;
  /** PEM of the authority that all servers of the lab are signed by. */
  ca: string;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  clock?: () => number;
  /** The lab's clusters as they are at the time of a request. */
  clusters: () => readonly Pick<Cluster, "state" | "client">[];
  /** Where the server behind the issuer URL of a pool's provider listens. Default: nowhere. */
  resolveIssuer?: (url: string) => string | undefined;
  /** Takes one line of log; never a token. Default: dropped. */
  log?: (line: string) => void;
}

/** The lab's Google Cloud. */
export interface Gcp {
  iam: GcpIam;
  sts: GcpSts;
  iamCredentials: Service;
  oauth: Service;
  metadata: MetadataServers;
  /** Of Cloud Run; may be changed at any time. */
  runSwitches: RunSwitches;
  /** Hooks of a cluster for its nodes, by its issuer; none unless it is GKE-shaped. */
  nodeHooks(issuer: string | undefined): { podEnvironment?: PodEnvironment; podEnded?: (pod: Pod) => Promise<void> };
  /**
   * Address of a metadata server for a ServiceAccount of a GKE-shaped cluster, by the cluster's name, without a pod;
   * undefined when there is no such cluster.
   */
  metadataServer(cluster: string, workload: Omit<Workload, "pod">): Promise<string | undefined>;
  /** Its addresses, once the clusters are there. */
  describe(): Promise<GcpDescription>;
  stop(): Promise<void>;
}

/** Starts Google's token service, IAM credentials, OAuth endpoints, metadata servers and Cloud Run. */
export async function startGcp(options: GcpOptions): Promise<Gcp> {
  const { certificate, ca, clusters, clock = Date.now, log = () => {} } = options;
  const { resolveIssuer = () => undefined } = options;
  const iam = new GcpIam();
  const accessTokens = new AccessTokens(clock);
  const idTokens = new IdTokens(clock);
  const issuers = () => new Map(clusters().map(({ state }) => [state.issuer, state.server]));
  const [sts, iamCredentials, oauth] = await Promise.all([
    startGcpSts({ certificate, ca, clock, accessTokens, issuers, resolveIssuer, pools: iam.pools, log }),
    startIamCredentials({ certificate, clock, iam, accessTokens, idTokens, log }),
    startGcpOAuth({ certificate, clock, accessTokens, idTokens }),
  ]);
  const runSwitches = defaultRunSwitches();
  iam.services.serveWith((service) =>
    serveRunService({ certificate, clock, iam, idTokens, switches: runSwitches, log }, service),
  );
  const gcp = new GcpClient({ stsUrl: sts.url, iamCredentialsUrl: iamCredentials.url, ca }, clock);
  const metadata = new MetadataServers({ gcp, clock, log });
  return {
    iam,
    sts,
    iamCredentials,
    oauth,
    metadata,
    runSwitches,
    nodeHooks(issuer) {
      if (issuer === undefined || gkeClusterOf(issuer) === undefined) {
        return {};
      }
      return {
        async podEnvironment(pod) {
          const cluster = clusters().find(({ state }) => state.issuer === issuer);
          // Makes the key: on a busy machine that may take longer than the 3 s that gcp-metadata waits.
          await idTokens.jwks();
          // No pod of a cluster starts before the lab has the cluster.
          return cluster === undefined ? {} : metadata.podEnvironment({ issuer, client: cluster.client }, pod);
        },
        podEnded: (pod) => metadata.podEnded({ issuer }, pod),
      };
    },
    async metadataServer(name, workload) {
      const cluster = clusters().find(({ state }) => state.name === name);
      if (cluster === undefined || gkeClusterOf(cluster.state.issuer) === undefined) {
        return undefined;
      }
      return metadata.url({ issuer: cluster.state.issuer, client: cluster.client }, workload);
    },
    async describe() {
      const first = clusters().find(({ state }) => gkeClusterOf(state.issuer) !== undefined);
      const workload = { namespace: "default", serviceAccountName: "default" };
      return {
        stsUrl: sts.url,
        iamCredentialsUrl: iamCredentials.url,
        jwksUrl: `${oauth.url}/oauth2/v3/certs`,
        ...(first && {
          metadataUrl: await metadata.url({ issuer: first.state.issuer, client: first.client }, workload),
        }),
      };
    },
    async stop() {
      await Promise.all([metadata.stop(), iam.services.stop(), sts.stop(), iamCredentials.stop(), oauth.stop()]);
      await gcp.close();
    },
  };
}
