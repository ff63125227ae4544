type PathName =
  | "entrypointDirectory"
  | "pulumiTokenDirectory"
  | "awsTokenDirectory"
  | "azureTokenDirectory"
  | "privateDirectory"
  | "accessTokenFile"
  | "homeDirectory";

/** Where things are in a runner's pod. */
export const paths: Record<PathName, string> = {
  /** ConfigMaps: entrypoint; script, CA. */
  entrypointDirectory: "/opt/oidc-runner",
  /** Projected token for Pulumi Cloud (the directory of Pulumi's own GKE guide). */
  pulumiTokenDirectory: "/var/run/secrets/pulumi",
  /** Projected token for AWS: the path of EKS's pod identity webhook. */
  awsTokenDirectory: "/var/run/secrets/eks.amazonaws.com/serviceaccount",
  /** Projected token for Entra ID: the path of Azure's workload identity webhook up to its version 1.5. */
  azureTokenDirectory: "/var/run/secrets/azure/tokens",
  /** Memory-backed, private to the pod: stored login, CA bundle. */
  privateDirectory: "/var/run/oidc-runner",
  /** The access token, from the first exchange on: the entrypoint writes it before it starts the command. */
  accessTokenFile: "/var/run/oidc-runner/access-token",
  /** Writable directory on disk; `HOME`, the working directory, and where every tool keeps its files. */
  homeDirectory: "/tmp",
};
