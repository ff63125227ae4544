import type { PulumiCli } from "../tools/toolchain";
import type { CiKey } from "./ci/systems";

/** Who and what is in an organization, by name. */
export interface Members {
  teams: string[];
  /** Logins of users besides the administrator. */
  users: string[];
  /** Pools of customer-managed runners. */
  pools: string[];
}

/** What `oidc-runner lab up --json` prints. Keys are added as the lab grows, never changed or removed. */
export interface LabDescription {
  pulumiCloud: Members & {
    /** Base URL of the lab's Pulumi Cloud, `https://127.0.0.1:PORT`. */
    url: string;
    /** The organization the lab knows. */
    organization: string;
    /** An access token of an administrator of that organization. Lives as long as the lab. */
    adminToken: string;
  };
  clusters: ClusterDescription[];
  /** Path of a kubeconfig for the first cluster, mode 0600. */
  kubeconfig: string;
  /** Path of the PEM file with the certificate authority that every server of the lab is signed by. */
  ca: string;
  /** Path of a PEM file with that authority and this machine's public ones: what pods and the Pulumi CLI trust. */
  authorities: string;
  aws: AwsDescription;
  gcp: GcpDescription;
  azure: AzureDescription;
  ci: CiDescription;
  /** Shell file (mode 0600) to source: points `pulumi` and `kubectl` at the lab. */
  environmentFile: string;
  /** The variables that it sets, but for PATH, which gets the CLI's directory. */
  environment: Record<string, string>;
  /** The CLI that containers find as the image `pulumi/pulumi`, and that the environment file puts on PATH. */
  pulumiCli: PulumiCli;
  pulumiIssuer: PulumiIssuerDescription;
}

/** The lab's Pulumi Cloud as an issuer, which the lab's Pulumi Cloud, AWS, Google Cloud and Azure can reach. */
export interface PulumiIssuerDescription {
  /** `iss` of the tokens of Pulumi Deployments and of the cloud logins of ESC environments. */
  issuer: string;
  /** `iss` of the tokens of `fn::open::oidc`. */
  customAudienceIssuer: string;
}

/** The lab's CI systems, each by the name of its block in a trust. */
export type CiDescription = Record<CiKey, CiIssuerDescription>;

/** One CI system. */
export interface CiIssuerDescription {
  /** `iss` of the example job's tokens, which the lab's Pulumi Cloud and AWS can reach. */
  issuer: string;
  /**
   * Where the example job gets its tokens, `https://127.0.0.1:PORT/…`: of GitHub Actions, `$ACTIONS_ID_TOKEN_REQUEST_URL`; of Azure
   * DevOps, `$SYSTEM_OIDCREQUESTURI`. Absent for systems that put tokens into variables.
   */
  tokenRequestUrl?: string;
  /** The bearer token for it. */
  tokenRequestToken?: string;
}

/** The lab's AWS. */
export interface AwsDescription {
  /** In place of every region's `https://sts.REGION.amazonaws.com` (`AWS_ENDPOINT_URL_STS` of AWS' clients). */
  stsUrl: string;
  /** Region of the first EKS-shaped cluster; `us-east-1` without one. */
  region: string;
}

/** The lab's Google Cloud. */
export interface GcpDescription {
  /** In place of `https://sts.googleapis.com`. */
  stsUrl: string;
  /** In place of `https://iamcredentials.googleapis.com`. */
  iamCredentialsUrl: string;
  /** The keys of Google's ID tokens, in place of `https://www.googleapis.com/oauth2/v3/certs`. */
  jwksUrl: string;
  /**
   * A metadata server, `http://127.0.0.1:PORT`, for processes outside the cluster (`GCE_METADATA_HOST` takes what follows
   * `//`): it answers as the ServiceAccount `default` of the namespace `default` of the first GKE-shaped cluster, which may
   * be annotated with a Google service account. Pods have servers of their own. Absent without a GKE-shaped cluster.
   */
  metadataUrl?: string;
}

/** The lab's Azure. */
export interface AzureDescription {
  /** In place of `https://login.microsoftonline.com` (`AZURE_AUTHORITY_HOST` of Azure's clients). */
  authority: string;
  /** The one tenant that it has. */
  tenantId: string;
}

/** One cluster of the lab, with what a program names it by. */
export interface ClusterDescription extends ClusterState {
  /** Whose cluster it resembles. */
  shape: "kubernetes" | "eks" | "gke" | "aks";
  /** Of an EKS cluster. */
  region?: string;
  /** Of a GKE cluster. */
  project?: string;
  /** Of a GKE cluster. */
  location?: string;
  /** Of an AKS cluster. */
  resourceGroup?: string;
}

/** One cluster of the lab. */
export interface ClusterState {
  name: string;
  /** The API server, `https://127.0.0.1:PORT`. */
  server: string;
  /** The `iss` of its tokens: whatever shape was asked for. */
  issuer: string;
  /** Path of an administrator's kubeconfig, mode 0600. */
  kubeconfig: string;
}

/** Contents of `lab.json` (mode 0600) in the lab's directory: the description, and what the lab's own parts need. */
export interface LabState extends Omit<LabDescription, "clusters" | "environment"> {
  /** The lab's directory, mode 0700; removed on the way down. */
  directory: string;
  /** The lab's outermost process, by its id and its start time: ending it ends everything in the lab. */
  pid: number;
  started: string;
  /** Control interface for tests and for the lab's stand-in providers; bearer token. */
  control: { url: string; token: string };
  clusters: ClusterState[];
  /** `PULUMI_HOME` with the lab's provider plugins. */
  pulumiHome: string;
}

/** A cluster to start. */
export interface ClusterRequest {
  /** Letters, digits and hyphens; unique in the lab. */
  name: string;
  /** Issuer URL, https. Default: the API server's own address. */
  issuer?: string;
  /** How many times faster than real life projected tokens are renewed; default 1. Their own lifetime stays. */
  tokenRenewalSpeed?: number;
}
