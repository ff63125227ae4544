/** How the metadata servers of a lab behave. */
export interface MetadataSwitches {
  /**
   * How long after a pod's first container was prepared its metadata server drops every connection, seconds by the lab's
   * clock. GKE's needs "a few seconds" before it answers a new pod (GKE documentation, "About Workload Identity Federation
   * for GKE", limitations). Default 0.
   */
  notReadySeconds: number;
}

/** The defaults, a fresh copy each time. */
export function defaultMetadataSwitches(): MetadataSwitches {
  return { notReadySeconds: 0 };
}
