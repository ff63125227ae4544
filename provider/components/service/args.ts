import type * as pulumi from "@pulumi/pulumi";
import type { ExactlyOne } from "../../resources";
import type { AksCluster } from "../aks";
import type { EksCluster } from "../eks";
import type { GkeClusterReference } from "../gke";
import type { RunnerMetadata, RunnerSecretKey, RunnerStrategy, RunnerToleration } from "../runner";

/** Any Kubernetes cluster, by its issuer. */
export interface ServiceKubernetesCluster {
  /** `iss` of the cluster's tokens: `kubectl get --raw /.well-known/openid-configuration` prints it as `issuer`. */
  issuerUrl: pulumi.Input<string>;
}

/** What ServiceCluster is made of. */
export interface ServiceClusterBlocks {
  /** An EKS cluster, given as to an `EksOidcRunner`: by name, by its issuer or as a resource. */
  eks?: EksCluster;
  /** A GKE cluster, given as to a `GkeOidcRunner`: by its names or as a `gcp.container.Cluster`. */
  gke?: GkeClusterReference;
  /** An AKS cluster, given as to an `AksOidcRunner`: by name, by its issuer or as a resource. */
  aks?: AksCluster;
  /** Any other cluster. */
  kubernetes?: ServiceKubernetesCluster;
  /** Address of the discovery document, where it is not at the issuer's own. It must still name the issuer. Default: the issuer's own. */
  discoveryUrl?: pulumi.Input<string>;
  /**
   * Read the keys from the API server of the cluster that the service runs on, with the pod's own credentials: for issuers that pods can't
   * reach, and for kubeadm, k3s and kind with their default issuer. The pod gets a token of the Kubernetes API. Default: false.
   */
  jwksFromApiServer?: boolean;
}

/**
 * The cluster whose pods call the service, and where its keys are: exactly one of `eks`, `gke`, `aks` and `kubernetes`, and at most one of
 * `discoveryUrl` and `jwksFromApiServer`. Without these the keys are read from the issuer, which EKS, GKE and AKS serve publicly.
 */
export type ServiceCluster = ExactlyOne<ServiceClusterBlocks, "eks" | "gke" | "aks" | "kubernetes">;

/** ServiceAccounts that may call the service: all that is given must hold. At least one of `namespace` and `rules` is needed. */
export interface ServiceCaller {
  /** Namespace of the pod's ServiceAccount. */
  namespace?: pulumi.Input<string>;
  /** Name of the ServiceAccount. Default: every ServiceAccount of the namespace. */
  serviceAccountName?: pulumi.Input<string>;
  /**
   * Claim path to pattern, for example `{ '"kubernetes.io".pod.name': "web-*" }`: `*` stands for any characters, `?` for exactly one,
   * everything else for itself. Default: none.
   */
  rules?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Google service accounts that may call the service, with identity tokens that Google signs. */
export interface ServiceGoogleCallers {
  /** Their emails, at least one. */
  serviceAccountEmails: pulumi.Input<pulumi.Input<string>[]>;
  /** Address of Google's discovery document, for rehearsals. Default: Google's own. */
  discoveryUrl?: pulumi.Input<string>;
}

/** How the cluster's API server is asked about each token. */
export interface ServiceTokenReview {
  /**
   * How long, in seconds, a reviewed token is remembered, 0 to 300: so long a deleted pod's token may still be accepted. Default: 0, every
   * request is reviewed.
   */
  cacheSeconds?: pulumi.Input<number>;
}

/** How the kubelet asks whether the server works. */
export interface ServiceProbe {
  /** Path of a request that must be answered with 200 to 399. Default: none, a connection is enough. */
  path?: pulumi.Input<string>;
  /** Seconds between two. Default: Kubernetes' 10. */
  periodSeconds?: pulumi.Input<number>;
  /** Time for one, in seconds. Default: Kubernetes' 1. */
  timeoutSeconds?: pulumi.Input<number>;
  /** After how many failures in a row the answer is no. Default: Kubernetes' 3. */
  failureThreshold?: pulumi.Input<number>;
  /** Seconds from the container's start to the first. Default: 0. */
  initialDelaySeconds?: pulumi.Input<number>;
}

/** Who may connect to the service. */
export interface ServiceNetworkPolicy {
  /**
   * Further peers, as a NetworkPolicy has them (`namespaceSelector`, `podSelector`, `ipBlock`), such as those of an ingress controller.
   * Default: none.
   */
  from?: pulumi.Input<pulumi.Input<Record<string, pulumi.Input<unknown>>>[]>;
}

/** The server's own certificate. */
export interface ServiceTls {
  /** Secret of the type `kubernetes.io/tls` in the service's namespace, for example one that cert-manager keeps. */
  secretName: pulumi.Input<string>;
}

/** Requests and limits of the server's container. */
export interface ServiceResources {
  /** What the scheduler reserves, for example `{ cpu: "100m", memory: "128Mi" }`. Default: none. */
  requests?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** What the container may not exceed. Default: none. */
  limits?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What is merged into the service's pod template. */
export interface ServicePodTemplate {
  /** Labels and annotations of the pod. */
  metadata?: pulumi.Input<RunnerMetadata>;
  /**
   * Any fields of a PodSpec, such as `imagePullSecrets`, `affinity` or further containers. The service's container is called `server`. Merged as
   * Kubernetes' strategic merge patch does.
   */
  spec?: pulumi.Input<Record<string, pulumi.Input<unknown>>>;
}

/** Arguments of `VerifiedService`. */
export interface VerifiedServiceArgs {
  /**
   * Image of the server. It has `oidc-runner-runtime` and calls `verifierFromEnvironment()`, which knows issuers, audience and callers
   * from these arguments; it listens on `$PORT`. None is published: `examples/verified-service/server` is one to begin with.
   */
  image: pulumi.Input<string>;
  /** The cluster whose pods call the service; needed with `allow`. */
  cluster?: ServiceCluster;
  /** Pods that may call the service, of which one entry must hold. Others of the cluster are answered with 403. */
  allow?: pulumi.Input<pulumi.Input<ServiceCaller>[]>;
  /** Google service accounts that may call the service: workloads on Google Cloud, or pods of GKE with such an account. Default: none. */
  google?: ServiceGoogleCallers;
  /**
   * What `aud` of the callers' tokens must be: the name that they know the service by. Default: `https://SERVICE.NAMESPACE.svc`.
   */
  audience?: pulumi.Input<string>;
  /**
   * Have the cluster's API server review each token, so that a deleted pod's is refused within ten seconds. The pod gets a token of the
   * Kubernetes API, and its ServiceAccount the right to create TokenReviews and no other; the cluster must be the one that the service runs on. Default: it is not asked.
   */
  tokenReview?: ServiceTokenReview;
  /** Kubernetes namespace. Default: `default`, with a warning. */
  namespace?: pulumi.Input<string>;
  /** Create the namespace, which must be named, with Pod Security `restricted` enforced, as runners do. Default: false. */
  createNamespace?: boolean;
  /** Name of the Service, which clients find it by. Default: the component's name. */
  serviceName?: pulumi.Input<string>;
  /** Name of the ServiceAccount that the server runs as. Default: the component's name. */
  serviceAccountName?: pulumi.Input<string>;
  /** Make the ServiceAccount; `false` uses an existing one, whose `serviceAccountName` must be given. Default: true. */
  createServiceAccount?: boolean;
  /** How many pods run. Default: 1. */
  replicas?: pulumi.Input<number>;
  /** How pods are replaced. Default: Kubernetes' own, a rolling update. */
  strategy?: pulumi.Input<RunnerStrategy>;
  /** Port that the server listens on, 1024 to 65535; it finds it in `PORT`. Default: 8080. */
  port?: pulumi.Input<number>;
  /** Port of the Service. Default: 443 with `tls`, else 80. */
  servicePort?: pulumi.Input<number>;
  /**
   * A certificate for the server: `tls.crt` and `tls.key` are in the directory `$OIDC_RUNNER_TLS_DIRECTORY`, which follows the Secret. Tokens
   * should not travel in the clear: leave it out only where a mesh or an ingress encrypts. Default: none.
   */
  tls?: ServiceTls;
  /** When a pod takes requests. Default: as soon as its port takes connections. */
  readinessProbe?: pulumi.Input<ServiceProbe>;
  /** When a container is started again. Default: only when its process ends. */
  livenessProbe?: pulumi.Input<ServiceProbe>;
  /**
   * Let no others connect than pods of the namespaces in `allow`, and the peers that are given. It takes a network plugin that heeds
   * network policies. Default: none is made.
   */
  networkPolicy?: ServiceNetworkPolicy;
  /** Command to run instead of the image's own. Default: the image's. */
  command?: pulumi.Input<pulumi.Input<string>[]>;
  /** Environment variables of the server. They are stored in the cluster in plain text: no secrets. */
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Environment variables whose values are in Secrets of the namespace, by reference. Default: none. */
  secretEnv?: pulumi.Input<Record<string, pulumi.Input<RunnerSecretKey>>>;
  /** Requests and limits of the server's container. Default: none. */
  resources?: pulumi.Input<ServiceResources>;
  /** Labels that a node must have to run the pods, besides `kubernetes.io/os: linux`. Default: none. */
  nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints of nodes that the pods may run on nevertheless. Default: none. */
  tolerations?: pulumi.Input<pulumi.Input<RunnerToleration>[]>;
  /** Labels of every object that is made, besides `app.kubernetes.io/name`, `instance` and `managed-by`. Default: none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Merged into the pod template, for what no other argument says. Fields that decide who is let in (ServiceAccount, the verifier's
   * file and variables, the certificate) are refused. Default: none.
   */
  podTemplate?: pulumi.Input<ServicePodTemplate>;
  /** PEM certificates that the server trusts besides the public authorities, for an issuer behind a private one. Default: none. */
  caCertificates?: pulumi.Input<string>;
}
