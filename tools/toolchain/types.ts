/** Where the binaries of a Kubernetes control plane are: a command and its leading arguments for each component. */
export interface ControlPlaneBinaries {
  etcd: string[];
  kubeApiserver: string[];
  kubeControllerManager: string[];
}

/** Where the Pulumi CLI is. */
export interface PulumiCli {
  /** Absolute path of the executable. */
  path: string;
  /** Without the leading `v`. */
  version: string;
}

/** Where the program that evaluates definitions of ESC environments is, or why there is none. */
export type EscEvaluator = { path: string } | { missing: string };
