import type { PodEnvironment } from "../cluster/node-agent";
import type { ServerCertificate } from "../http";
import type { AwsDescription, ClusterRequest } from "../types";
import { eksRegion } from "./eks-region";
import { Iam } from "./iam";
import { issuerKeys } from "./issuer-keys";
import { AGENT_URLS, type PodIdentityAgent, PodIdentityAssociations, startPodIdentityAgent } from "./pod-identity";
import { Sessions, type Sts, startSts } from "./sts";

/** What the lab's AWS is started with. */
export interface AwsOptions {
  /** Valid for 127.0.0.1. */
  certificate: ServerCertificate;
  /** PEM of the authority that all servers of the lab are signed by. */
  ca: string;
  /** The lab's clusters, as they are asked for. */
  clusters: readonly ClusterRequest[];
  /** Where the server behind an issuer URL listens, once it is there. */
  resolveIssuer: (url: string) => string | undefined;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  clock?: () => number;
  /** Takes one line of log; never a token. Default: dropped. */
  log?: (line: string) => void;
}

/** The lab's AWS. */
export interface Aws {
  iam: Iam;
  associations: PodIdentityAssociations;
  sts: Sts;
  /** The EKS Pod Identity agents of EKS-shaped clusters, by the cluster's name. */
  agents: ReadonlyMap<string, PodIdentityAgent>;
  /** Hooks of a cluster for its nodes; none unless it is EKS-shaped. */
  nodeHooks(cluster: ClusterRequest): { podEnvironment?: PodEnvironment; substitutes?: Record<string, string> };
  describe(): AwsDescription;
  stop(): Promise<void>;
}

/** The Pulumi provider's own default. */
const DEFAULT_REGION = "us-east-1";

/**
 * Starts IAM, STS and, for each EKS-shaped cluster, an EKS Pod Identity agent. The account trusts the issuers of these
 * clusters from the start.
 */
export async function startAws(options: AwsOptions): Promise<Aws> {
  const { certificate, ca, resolveIssuer, clock = Date.now, log = () => {} } = options;
  const now = () => new Date(clock());
  const iam = new Iam({ now });
  const sessions = new Sessions(clock);
  const keys = issuerKeys(ca, resolveIssuer);
  const clusters = options.clusters.flatMap(({ name, issuer = "" }) => {
    const region = eksRegion(issuer);
    return region === undefined ? [] : [{ name, issuer, region }];
  });
  for (const { issuer } of clusters) {
    // As after `eksctl utils associate-iam-oidc-provider`: an account that uses IAM roles for service accounts has it.
    iam.oidcProviders.create({ url: issuer, clientIds: ["sts.amazonaws.com"], thumbprints: [], tags: {} });
  }
  const regionOf = (name: string) => clusters.find((cluster) => cluster.name === name)?.region;
  const associations = new PodIdentityAssociations({ roles: iam.roles, regionOf, now });
  const shared = { keys, associations, roles: iam.roles, sessions, clock, log };
  const [sts, ...started] = await Promise.all([
    startSts({ iam, sessions, keys, clock, certificate, log }),
    ...clusters.map(({ name, issuer, region }) =>
      startPodIdentityAgent({ clusterName: name, issuer, region, ...shared }),
    ),
  ]);
  const agents = new Map(clusters.map(({ name }, index) => [name, started[index] as PodIdentityAgent]));
  return {
    iam,
    associations,
    sts,
    agents,
    nodeHooks({ name }) {
      const agent = agents.get(name);
      const region = regionOf(name);
      if (agent === undefined || region === undefined) {
        return {};
      }
      const environment = {
        AWS_ENDPOINT_URL_STS: sts.url,
        // AWS' clients learn the region from the node's metadata service, which the lab does not have.
        AWS_REGION: region,
        AWS_EC2_METADATA_DISABLED: "true",
      };
      return {
        podEnvironment: () => environment,
        substitutes: Object.fromEntries(AGENT_URLS.map((url) => [url, agent.url])),
      };
    },
    describe: () => ({ stsUrl: sts.url, region: clusters[0]?.region ?? DEFAULT_REGION }),
    async stop() {
      await Promise.all([sts, ...agents.values()].map((server) => server.stop()));
    },
  };
}
