import type * as pulumi from "@pulumi/pulumi";
import type {
  GithubActionsSubject,
  GitlabSubject,
  KubernetesSubject,
  PulumiDeploymentsSubject,
  PulumiEscSubject,
} from "../../trust/issuers";
import type { WaivableFinding } from "../../trust/lint";
import type { Decision } from "../../trust/policy";
import type { AccessToken } from "./access-token";

/** One entry of an issuer's auth policy. Exactly one of `rules` and the typed subjects says whose tokens it is about. */
export interface PolicyDefinition {
  /** `allow` or `deny`. A matching deny wins over every allow. */
  decision: pulumi.Input<Decision>;
  /** Which access tokens it is about. */
  accessToken: pulumi.Input<AccessToken>;
  /**
   * Claim path to pattern; all must match, and each has a literal character. Keys with dots are quoted:
   * `"kubernetes.io".namespace`.
   */
  rules?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** A workload of an EKS cluster, by its ServiceAccount. */
  eks?: pulumi.Input<Inputs<KubernetesSubject>>;
  /** A workload of a GKE cluster, by its ServiceAccount. */
  gke?: pulumi.Input<Inputs<KubernetesSubject>>;
  /** A workload of an AKS cluster, by its ServiceAccount. */
  aks?: pulumi.Input<Inputs<KubernetesSubject>>;
  /** A workload of any Kubernetes cluster, by its ServiceAccount. */
  kubernetes?: pulumi.Input<Inputs<KubernetesSubject>>;
  /** A workflow of GitHub Actions, by its repository. */
  githubActions?: pulumi.Input<Inputs<GithubActionsSubject>>;
  /** A pipeline of GitLab CI, by its project. */
  gitlab?: pulumi.Input<Inputs<GitlabSubject>>;
  /** A stack that Pulumi Deployments runs. */
  pulumiDeployments?: pulumi.Input<Inputs<PulumiDeploymentsSubject>>;
  /** An environment of Pulumi ESC. */
  pulumiEsc?: pulumi.Input<Inputs<PulumiEscSubject>>;
  /** Any claims: claim path to pattern, as in `rules`, with the audience added. */
  custom?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Audience (`aud`) of a typed subject's tokens. Default: `urn:pulumi:org:ORGANIZATION`; the bare organization for
   * `pulumiDeployments` and for a `pulumiEsc` of the project `default`; needed for other ESC environments. A deny has a rule
   * on the audience only when one is given here.
   */
  audience?: pulumi.Input<string>;
}

/** A type of plain values, with Inputs for them. */
export type Inputs<T> = { [K in keyof T]: pulumi.Input<NonNullable<T[K]>> };

/** A finding of the linter that is known and meant. */
export interface LintWaiver {
  /** Which finding. */
  name: pulumi.Input<WaivableFinding>;
  /** Why it is meant; not empty. */
  reason: pulumi.Input<string>;
}
