/** What a cloud identity adds to a runner's pod. */
export interface PodParts {
  volumes: PodVolume[];
  mounts: PodMount[];
  /** Variables by which the cloud's own client libraries find the identity. */
  env: Record<string, string>;
  /** Those of the variables that are not the user's to set, because the identity follows from them. Default: the ones of every runner. */
  reserved?: readonly string[];
  /** Further variables, each with the field of the pod that it takes its value from. Default: none. */
  fields?: Record<string, string>;
  /** Hosts that are reached without a proxy, because only the pod's own node can reach them. Default: none. */
  direct?: string[];
  /** Labels by which the cloud's own webhooks know such pods. Default: none. */
  labels?: Record<string, string>;
}

/** A volume of a pod: its name, and one source. */
export interface PodVolume {
  name: string;
  [source: string]: unknown;
}

/** Where a container has a volume. */
export interface PodMount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
}
