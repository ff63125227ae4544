import type * as pulumi from "@pulumi/pulumi";
import type { LintWaiver } from "../resources/policy-definition";
import type { TokenType } from "../trust/policy";
import type { OidcTrustSetup } from "./oidc-trust-setup";

/** Settings of a runner's Job. */
export interface RunnerJob {
  /** Time the Job may take, in seconds, before Kubernetes ends it. Default: 3600. */
  activeDeadlineSeconds?: pulumi.Input<number>;
  /** Retries of a failed pod. Default: 0, since a refused token stays refused. */
  backoffLimit?: pulumi.Input<number>;
}

/** A container's resources, as Kubernetes quantities. */
export interface RunnerResources {
  /** What the scheduler reserves, for example `{ cpu: "100m", memory: "128Mi" }`. Default: none. */
  requests?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** What the container may not exceed. Default: none. */
  limits?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Arguments that all runners have. */
export interface RunnerArgs {
  /** Pulumi organization the runner gets a token of. */
  organization: pulumi.Input<string>;
  /** What the access token is: `organization`, `team`, `personal` or `runner`. */
  tokenType: pulumi.Input<TokenType>;
  /** Team of a `team` token. */
  team?: pulumi.Input<string>;
  /** User of a `personal` token. */
  user?: pulumi.Input<string>;
  /** Runner pool of a `runner` token. */
  runner?: pulumi.Input<string>;
  /** Custom role of an `organization` token. Default: the organization's default member role. */
  roleId?: pulumi.Input<string>;
  /** Life of the access token, in seconds; at least 5. Pulumi Cloud shortens it to the issuer's maximum. Default: 7200. */
  expirationSeconds?: pulumi.Input<number>;
  /** An existing trust for the cluster's issuer. Default: one is made, shared by the program's runners on this cluster. */
  trust?: OidcTrustSetup;
  /** Findings of the linter about the runner's definition to leave out, each by name and with a reason. Default: none. */
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
  /**
   * Take over the runner's definition where it is in the issuer's policy already, as `adopt` of `OidcPolicy` does: for one
   * update, after another was interrupted. Default: false.
   */
  adoptDefinitions?: pulumi.Input<boolean>;
  /** Kubernetes namespace. Default: `default`, with a warning. */
  namespace?: pulumi.Input<string>;
  /** Create the namespace, which must be named, with Pod Security `restricted` enforced. Default: false. */
  createNamespace?: boolean;
  /** Name of the ServiceAccount that is made and trusted. Default: the runner's name. */
  serviceAccountName?: pulumi.Input<string>;
  /** Run as a Job, once. The default workload; its settings can be given here. */
  job?: pulumi.Input<RunnerJob>;
  /** Container image with a Pulumi CLI or curl. Default: `pulumi/pulumi:3.250.0-nonroot`. */
  image?: pulumi.Input<string>;
  /** Command to run with the access token. Default: `["pulumi", "whoami"]`. */
  command?: pulumi.Input<pulumi.Input<string>[]>;
  /** POSIX sh script to run instead of a command. */
  script?: pulumi.Input<string>;
  /** Environment variables of the container. They are stored in the cluster in plain text: no secrets. */
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Container resources. */
  resources?: pulumi.Input<RunnerResources>;
  /** Values whose change runs the Job again. */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /** Base address of Pulumi Cloud's API, as the pod reaches it. Default: the one logged in to, else https://api.pulumi.com. */
  apiUrl?: pulumi.Input<string>;
  /** PEM certificates the pod and the deployment trust besides the public authorities, for a self-hosted Pulumi Cloud. */
  caCertificates?: pulumi.Input<string>;
}
