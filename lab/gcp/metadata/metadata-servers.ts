import { gkeClusterOf } from "../../../trust/issuers";
import type { ApiClient } from "../../cluster";
import type { Pod } from "../../cluster/node-agent";
import { FaultRegistry, type LoopbackServer, RequestJournal, serveHttp } from "../../http";
import { type MetadataShared, metadataApp } from "./app";
import { contents } from "./contents";
import type { GcpClient } from "./gcp-client";
import { MetadataRefusal } from "./refusal";
import { defaultMetadataSwitches, type MetadataSwitches } from "./switches";
import { boundEmail, requestToken, type Workload } from "./workload";

/** A GKE-shaped cluster, as its metadata servers need it. */
export interface MetadataCluster {
  issuer: string;
  /** As administrator. */
  client: ApiClient;
}

/** What the metadata servers of a lab are started with. */
export interface MetadataOptions {
  gcp: GcpClient;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** Takes one line of log; never a token. */
  log: (line: string) => void;
}

/**
 * The metadata servers of a lab's GKE-shaped clusters. On GKE all pods of a node ask one address, and the node tells them
 * apart by theirs; the lab's pods share one network, so each gets a server of its own on loopback and is told its address
 * by variables. A pod that tries ports can reach its neighbour's: this is a rehearsal, no security boundary.
 */
export class MetadataServers {
  readonly faults = new FaultRegistry();
  readonly journal = new RequestJournal();
  /** May be changed at any time. */
  readonly switches: MetadataSwitches = defaultMetadataSwitches();
  readonly #options: MetadataOptions;
  readonly #shared: MetadataShared;
  readonly #stopping = new AbortController();
  readonly #servers = new Map<string, { workload: Workload; server: Promise<LoopbackServer> }>();

  constructor(options: MetadataOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#shared = { clock, log, faults: this.faults, journal: this.journal, stopped: this.#stopping.signal };
  }

  /** Base URL of the server for a workload, `http://127.0.0.1:PORT`; the first call starts it. */
  async url(cluster: MetadataCluster, workload: Workload): Promise<string> {
    const key = keyOf(cluster.issuer, workload);
    const open = this.#servers.get(key) ?? { workload, server: this.#start(cluster, workload) };
    this.#servers.set(key, open);
    return (await open.server).url;
  }

  /**
   * The variables by which Google's client libraries find a pod's metadata server. They are those of the libraries
   * themselves; GKE sets none, because its pods reach the address that is the default.
   */
  async podEnvironment(cluster: MetadataCluster, pod: Pod): Promise<Record<string, string>> {
    const { host } = new URL(await this.url(cluster, workloadOf(pod)));
    return { GCE_METADATA_HOST: host, GCE_METADATA_IP: host };
  }

  /** Ends the server of a pod that has ended. */
  async podEnded(cluster: Pick<MetadataCluster, "issuer">, pod: Pod): Promise<void> {
    const key = keyOf(cluster.issuer, workloadOf(pod));
    const open = this.#servers.get(key);
    this.#servers.delete(key);
    await (await open?.server)?.close();
  }

  /** For whom servers are open now, in the order they were started. */
  workloads(): Workload[] {
    return [...this.#servers.values()].map(({ workload }) => workload);
  }

  /** Ends all servers. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const servers = [...this.#servers.values()];
    this.#servers.clear();
    await Promise.all(servers.map(async ({ server }) => (await server).close()));
  }

  #start({ issuer, client }: MetadataCluster, workload: Workload): Promise<LoopbackServer> {
    const { gcp, clock } = this.#options;
    const place = gkeClusterOf(issuer);
    if (place === undefined) {
      throw new MetadataRefusal(500, `${issuer} is not a GKE cluster`);
    }
    const started = clock();
    const ready = () => clock() >= started + this.switches.notReadySeconds * 1000;
    const tree = async () =>
      contents({
        cluster: { ...place, issuer },
        gcp,
        subjectToken: (audience) => requestToken(client, workload, audience),
        email: await boundEmail(client, workload),
      });
    return serveHttp(metadataApp(this.#shared, tree, ready).fetch);
  }
}

function workloadOf({ metadata, spec }: Pod): Workload {
  const { name, namespace, uid } = metadata;
  return { namespace, serviceAccountName: spec.serviceAccountName ?? "default", pod: { name, uid } };
}

function keyOf(issuer: string, { namespace, serviceAccountName, pod }: Workload): string {
  return JSON.stringify([issuer, namespace, serviceAccountName, pod?.uid]);
}
