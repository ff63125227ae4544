import type * as pulumi from "@pulumi/pulumi";
import type { AccessToken, LintWaiver } from "../../resources";
import type { OidcTrustSetup } from "../trust";
import type { RunnerPodTemplate, RunnerResources, RunnerSecretKey, RunnerToleration } from "./pod-args";
import type { RunnerAgent, RunnerCronJob, RunnerDeployment, RunnerJob } from "./workload-args";

/** The access token a runner asks for: exactly one of `organization`, `team`, `personal` and `runner`; no patterns. */
export interface RunnerAccessToken extends AccessToken {
  /** Life of the access token, in seconds; at least 5. Pulumi Cloud shortens it to the issuer's maximum. Default: 7200. */
  expirationSeconds?: pulumi.Input<number>;
}

/** Arguments that all runners have. */
export interface RunnerArgs {
  /** Pulumi organization the runner gets a token of. */
  organization: pulumi.Input<string>;
  /** The access token the runner asks for: exactly one of the blocks. The policy allows no other. */
  accessToken: RunnerAccessToken;
  /** An existing trust for the cluster's issuer. Default: one is made, shared by the program's runners on this cluster. */
  trust?: OidcTrustSetup;
  /**
   * Make the runner's own definition. `false` relies on the definitions in the `policies` of the given `trust`, which many
   * runners can share. They must admit the runner's pod for the token it asks for, no other role and, unless it asks for one, no
   * administrator's token; what others wrote into the issuer's policy is not known. Rules on the pod's name are held against
   * names as Pulumi's Kubernetes provider makes them. Default: true.
   */
  createPolicy?: boolean;
  /** Findings of the linter about the runner's definition to leave out, each by name and with a reason. Default: none. */
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
  /**
   * Take over the runner's definition where it is in the issuer's policy already, as `adopt` of `OidcPolicy` does: for one
   * update, after another was interrupted. Default: false.
   */
  adoptPolicies?: pulumi.Input<boolean>;
  /** Kubernetes namespace. Default: `default`, with a warning. */
  namespace?: pulumi.Input<string>;
  /**
   * Create the namespace, which must be named, with Pod Security `restricted` enforced: one for all runners of the program that
   * ask for it, by the same text or Output. It belongs to the stack, and goes with the last of them. Default: false.
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
   * Run continuously, as a Deployment whose token is renewed while the command runs. Instead of `job`. `kubectl rollout undo` goes back to
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
   * Merged into the pod template, for what no other argument says. What would part the pod from its trust (ServiceAccount,
   * tokens, entrypoint, variables of the exchange) is refused. Default: none.
   */
  podTemplate?: pulumi.Input<RunnerPodTemplate>;
  /** Values whose change runs the Job again and restarts a Deployment's pods; a CronJob takes them at its next run. */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /** Base address of Pulumi Cloud's API, as the pod reaches it. Default: the one logged in to, else https://api.pulumi.com. */
  apiUrl?: pulumi.Input<string>;
  /** PEM certificates the pod and the deployment trust besides the public authorities, for a self-hosted Pulumi Cloud. */
  caCertificates?: pulumi.Input<string>;
}
