import type * as pulumi from "@pulumi/pulumi";

/** A container's resources, as Kubernetes quantities. */
export interface RunnerResources {
  /** What the scheduler reserves, for example `{ cpu: "100m", memory: "128Mi" }`. Default: 4 GiB of `ephemeral-storage`. */
  requests?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** What the container may not exceed. Default: none. */
  limits?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** A value in a Secret of the runner's namespace. */
export interface RunnerSecretKey {
  /** Name of the Secret. */
  name: pulumi.Input<string>;
  /** Key in its data. */
  key: pulumi.Input<string>;
  /** Start without the variable where Secret or key is missing. Default: false, the pod waits for it. */
  optional?: pulumi.Input<boolean>;
}

/** A taint of nodes that the pod may run on nevertheless, by Kubernetes' names. */
export interface RunnerToleration {
  /** Key of the taint. Default: every key, with operator `Exists`. */
  key?: pulumi.Input<string>;
  /** `Exists` or `Equal`. Default: `Equal`. */
  operator?: pulumi.Input<string>;
  /** Value of the taint, with `Equal`. */
  value?: pulumi.Input<string>;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. Default: all of them. */
  effect?: pulumi.Input<string>;
  /** How long, in seconds, a `NoExecute` taint is tolerated. Default: forever. */
  tolerationSeconds?: pulumi.Input<number>;
}

/** Labels and annotations. */
export interface RunnerMetadata {
  /** Labels of the pod. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations of the pod. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What is merged into the runner's pod template. */
export interface RunnerPodTemplate {
  /** Labels and annotations of the pod. */
  metadata?: pulumi.Input<RunnerMetadata>;
  /**
   * Any fields of a PodSpec. The runner's container is called `runner`. Merged as Kubernetes' strategic merge patch does:
   * containers, volumes, pull secrets and environment variables by name, mounts by path, ports by number and protocol, maps by key,
   * `null` removes; tolerations are added; any other list is replaced.
   */
  spec?: pulumi.Input<Record<string, pulumi.Input<unknown>>>;
}
