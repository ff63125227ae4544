import type * as pulumi from "@pulumi/pulumi";
import type { AccessTokenBlocks, ExactlyOne, LintWaiver } from "../../resources";
import type { AgentWorkflow, ConcurrencyPolicy, IntOrString, StrategyType } from "../../workload/kinds";
import type { TrustReference } from "../trust";

/** Which access token a runner asks for, and for how long. */
export interface RunnerAccessTokenBlocks extends AccessTokenBlocks {
  /** Life of the access token, in seconds; at least 5. Pulumi Cloud shortens it to the issuer's maximum. Default: 7200. */
  expirationSeconds?: pulumi.Input<number>;
}

/** The access token a runner asks for: exactly one of `organization`, `team`, `personal` and `runner`; no patterns. */
export type RunnerAccessToken = ExactlyOne<RunnerAccessTokenBlocks, keyof AccessTokenBlocks>;

/** Arguments that all runners have. */
export interface RunnerArgs {
  /** Pulumi organization the runner gets a token of. */
  organization: pulumi.Input<string>;
  /** The access token the runner asks for: exactly one of the blocks. The policy allows no other. */
  accessToken: RunnerAccessToken;
  /**
   * An existing trust for the cluster's issuer: the output `trust` of an `OidcTrustSetup`, or the `OidcTrustSetup` as it is.
   * Default: one is made, shared by the program's runners on this cluster.
   */
  trust?: pulumi.Input<TrustReference>;
  /**
   * Make the runner's own definition. `false` relies on the definitions in the `policies` of the given `trust`, which many
   * runners can share. They must admit the runner's pod for the token it asks for, no other role and, unless it asks for one, no
   * administrator's token; what others wrote into the issuer's policy is not known. Rules on the pod's name are held against
   * names as Pulumi's Kubernetes provider makes them. Default: true.
   */
  createPolicy?: boolean;
  /** Findings about the runner to leave out, each by name and with a reason: the linter's about its policy, and warnings. Default: none. */
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
  /**
   * Take over the runner's definition where it is in the issuer's policy already, as `adopt` of `OidcPolicy` does: for one
   * update, after another was interrupted. Default: false.
   */
  adoptPolicies?: pulumi.Input<boolean>;
  /**
   * Kubernetes namespace. It has to exist, or be made by `createNamespace`: otherwise the Kubernetes provider tries for a minute, and
   * the update fails with `NAMESPACE_MISSING`. Default: `default`, with a warning.
   */
  namespace?: pulumi.Input<string>;
  /**
   * Create the namespace, which must be named, with Pod Security `restricted` enforced: one for all runners of the program that
   * ask for it, by the same text or Output. It belongs to the stack, and goes with the last of them. A `podTemplate` that this level
   * refuses is refused at once. Default: false.
   */
  createNamespace?: boolean;
  /** Name of the ServiceAccount that is trusted. Default: the runner's name. */
  serviceAccountName?: pulumi.Input<string>;
  /** Make the ServiceAccount; `false` uses an existing one, whose `serviceAccountName` must be given. Default: true. */
  createServiceAccount?: boolean;
  /**
   * Run as a Job, once. The default workload; its settings can be given here.
   *
   * `pulumi up` waits for it as long as it may run, unless the runner's option `customTimeouts` says otherwise. A Job that
   * failed or still runs is replaced by the next update: it is deleted, and has ended before the new one starts. One that
   * succeeded is run again when one of these changes: `organization`, `accessToken` (but for its life), the cluster's issuer, `namespace`, `serviceAccountName`, `apiUrl`, the cloud's role or principal, `image`, `command`,
   * `script`, `env`, `secretEnv`, `podTemplate.spec`, `triggers`. All else, new versions of this package included, counts from
   * the next run on; labels are changed in place.
   */
  job?: RunnerJob;
  /**
   * Run at set times, as a CronJob. Instead of `job`. A run that is under way keeps its version of script and certificates, its
   * retries included: ConfigMaps of earlier versions are deleted with the runner.
   */
  cronJob?: RunnerCronJob;
  /**
   * Run continuously, as a Deployment whose token is renewed while the command runs. Instead of `job`; needs a `command` or `script` that
   * goes on. `kubectl rollout undo` goes back to
   * earlier versions, whose ConfigMaps are deleted with the runner.
   */
  deployment?: RunnerDeployment;
  /**
   * Run Pulumi's customer-managed workflow agent, as a Deployment. Instead of `job`; needs `accessToken: { runner: { pool } }`
   * and goes without `script` and cloud identity: the agent runs the work in pods of their own.
   */
  agent?: RunnerAgent;
  /**
   * Container image with a Pulumi CLI or curl. Default: `pulumi/pulumi:3.259.0-nonroot`, and
   * `pulumi/customer-managed-workflow-agent:v2.3.0` for a deployment agent.
   */
  image?: pulumi.Input<string>;
  /**
   * Command to run with the access token. Default: `["pulumi", "whoami"]`, and `["customer-managed-workflow-agent", "run"]`
   * for a deployment agent.
   */
  command?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Script to run instead of a command. A first line such as `#!/bin/bash` or `#!/usr/bin/env python3` names what runs it,
   * if the image has that; without one it is POSIX sh with `-e`: it ends at the first command that fails.
   */
  script?: pulumi.Input<string>;
  /** Environment variables of the container. They are stored in the cluster in plain text: no secrets. */
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Environment variables whose values are in Secrets of the namespace, by reference. Default: none. */
  secretEnv?: pulumi.Input<Record<string, pulumi.Input<RunnerSecretKey>>>;
  /** Container resources. Default: a request for 4 GiB of ephemeral storage, and nothing for a deployment agent. */
  resources?: pulumi.Input<RunnerResources>;
  /** Labels that a node must have to run the pod, besides `kubernetes.io/os: linux`. Default: none. */
  nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints of nodes that the pod may run on nevertheless. Default: none. */
  tolerations?: pulumi.Input<pulumi.Input<RunnerToleration>[]>;
  /** Labels of every object that is made, besides `app.kubernetes.io/name`, `instance` and `managed-by`. Default: none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Merged into the pod template, for what no other argument says. Fields that the runner's trust depends on (ServiceAccount,
   * tokens, entrypoint, variables of the exchange) are refused. Default: none.
   */
  podTemplate?: pulumi.Input<RunnerPodTemplate>;
  /** Values whose change runs the Job again and restarts a Deployment's pods; a CronJob takes them at its next run. */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /** Base address of Pulumi Cloud's API, as the pod reaches it. Default: the one logged in to, else https://api.pulumi.com. */
  apiUrl?: pulumi.Input<string>;
  /** PEM certificates the pod and the deployment trust besides the public authorities, for a self-hosted Pulumi Cloud. */
  caCertificates?: pulumi.Input<string>;
}

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
 * A runner that runs continuously, with a token that is renewed: settings of a Deployment, by Kubernetes' names. A new pod takes the place of
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
