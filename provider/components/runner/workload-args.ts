import type * as pulumi from "@pulumi/pulumi";
import type { AgentWorkflow, ConcurrencyPolicy, IntOrString, StrategyType } from "../../workload/kinds";

/** Settings of a runner's Job. */
export interface RunnerJob {
  /** Time the Job may take, in seconds, before Kubernetes ends it. Default: 3600. */
  activeDeadlineSeconds?: pulumi.Input<number>;
  /** Retries of a failed pod. Default: 0, since a refused token stays refused. */
  backoffLimit?: pulumi.Input<number>;
  /**
   * Time after its end, in seconds, when Kubernetes deletes the Job; 0 for at once. Pulumi then sees a Job that is gone, and
   * after a refresh makes and runs it again. Default: none, the Job is kept.
   */
  ttlSecondsAfterFinished?: pulumi.Input<number>;
}

/** A runner that starts at set times: settings of a CronJob, by Kubernetes' names. */
export interface RunnerCronJob {
  /** When to run, in cron's five fields, or a name such as `@daily`. A time zone in it (`TZ=`) is refused. */
  schedule: pulumi.Input<string>;
  /** Time zone of the schedule by its IANA name, such as `Europe/Berlin`. Default: that of the cluster's controller. */
  timeZone?: pulumi.Input<string>;
  /** What becomes of a run that is due while the one before goes on. Default: `Forbid`, it is skipped. */
  concurrencyPolicy?: pulumi.Input<ConcurrencyPolicy>;
  /** How late, in seconds, a missed run may still start; at least 10, the controller's own pace. Default: no limit. */
  startingDeadlineSeconds?: pulumi.Input<number>;
  /** Start no further runs. Default: false. */
  suspend?: pulumi.Input<boolean>;
  /** How many succeeded Jobs are kept. Default: 3. */
  successfulJobsHistoryLimit?: pulumi.Input<number>;
  /** How many failed Jobs are kept. Default: 1. */
  failedJobsHistoryLimit?: pulumi.Input<number>;
  /** Time a run may take, in seconds, before Kubernetes ends it. Default: 3600. */
  activeDeadlineSeconds?: pulumi.Input<number>;
  /** Retries of a run's failed pod. Default: 0, since a refused token stays refused. */
  backoffLimit?: pulumi.Input<number>;
}

/** How many pods a rolling update adds and takes away at once: a number, or a share such as `"25%"`. */
export interface RunnerRollingUpdate {
  /** How many pods there may be besides the wanted ones. Default: `"25%"`. */
  maxSurge?: pulumi.Input<IntOrString>;
  /** How many of the wanted pods may be missing. Default: `"25%"`. */
  maxUnavailable?: pulumi.Input<IntOrString>;
}

/** How a Deployment replaces its pods. */
export interface RunnerStrategy {
  /** One after the other, or all at once. Default: `RollingUpdate`. */
  type?: pulumi.Input<StrategyType>;
  /** Settings of `RollingUpdate`. */
  rollingUpdate?: pulumi.Input<RunnerRollingUpdate>;
}

/**
 * A runner that goes on and on with a fresh token: settings of a Deployment, by Kubernetes' names. A new pod takes the place of
 * an old one when it has its access token and its command runs.
 */
export interface RunnerDeployment {
  /** How many pods run. Default: 1. */
  replicas?: pulumi.Input<number>;
  /** Time, in seconds, a pod must run without a fault before it counts as available. Default: 5. */
  minReadySeconds?: pulumi.Input<number>;
  /** Time, in seconds, without progress after which the rollout has failed. Default: 600. */
  progressDeadlineSeconds?: pulumi.Input<number>;
  /** How pods are replaced. Default: Kubernetes' own, a rolling update. */
  strategy?: pulumi.Input<RunnerStrategy>;
}

/**
 * Pulumi's customer-managed workflow agent, which runs the workflows of a pool in pods it makes. It exchanges the pod's token for
 * a `runner` token itself; there is no static agent token. Give it a namespace of its own: who may create pods in a
 * namespace may use every ServiceAccount and Secret of it.
 *
 * Written after the agent's documentation and installer; the agent itself was not at hand to be tried, so whether its
 * workflow pods pass Pod Security `restricted` (which `createNamespace` enforces) is not known.
 */
export interface RunnerAgent {
  /** How many agents run; each takes one deployment at a time. Default: 1. */
  replicas?: pulumi.Input<number>;
  /** What the agents take on. Default: all of them. */
  enabledWorkflowTypes?: pulumi.Input<pulumi.Input<AgentWorkflow>[]>;
  /**
   * ServiceAccount of the pods that workflows run in. Default: one is made, without any rights, so that a workflow can't
   * get the agent's token.
   */
  workerServiceAccountName?: pulumi.Input<string>;
  /** CPUs of a workflow pod on Fargate, such as 1 or 0.5. Default: the agent's. */
  numCpus?: pulumi.Input<number>;
  /** Memory of a workflow pod on Fargate, in GB. Default: the agent's. */
  memQuantity?: pulumi.Input<number>;
  /**
   * End the agent after each workflow, so that the next one gets a new agent. Kubernetes starts it again at first at once, later after
   * up to five minutes. Default: false.
   */
  singleRun?: pulumi.Input<boolean>;
  /** How often to ask for work, a length of time such as `30s`; Pulumi Cloud may ask for another. Default: `1m`. */
  pollingInterval?: pulumi.Input<string>;
  /** Keep to `pollingInterval` whatever Pulumi Cloud asks for. Default: false. */
  pollingIntervalOverride?: pulumi.Input<boolean>;
  /** How often to ask whether a workflow was cancelled. Default: `30s`. */
  jobStatusLoopInterval?: pulumi.Input<string>;
  /** Limit of one request to Pulumi Cloud. Default: `30s`. */
  requestTimeout?: pulumi.Input<string>;
  /** How often a request that fails is tried again. Default: 2. */
  requestRetryCount?: pulumi.Input<number>;
  /** Wait before the first retry. Default: `20s`. */
  requestRetryWait?: pulumi.Input<string>;
  /** Longest wait before a retry. Default: `2m`. */
  requestRetryMaxWait?: pulumi.Input<string>;
  /** After how many failures in a row to pause. Default: 2. */
  circuitBreakerFailures?: pulumi.Input<number>;
  /** How long to pause. Default: `10m`; the liveness probe allows 15 minutes. */
  circuitBreakerTimeout?: pulumi.Input<string>;
  /** Port of the health endpoint, which the pod's probes ask. Default: 8080. */
  httpServerPort?: pulumi.Input<number>;
  /** After how long without progress the agent is unhealthy. Default: twice the longer of the two intervals. */
  healthThreshold?: pulumi.Input<string>;
  /** Merged into the workflow pods by the agent: `metadata` and `spec` of a Pod. Default: none. */
  workerPodTemplate?: pulumi.Input<Record<string, pulumi.Input<unknown>>>;
}
