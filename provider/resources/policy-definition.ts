import type * as pulumi from "@pulumi/pulumi";
import type { DeploymentOperation, GitlabRefType } from "../../trust/issuers";
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
  eks?: pulumi.Input<KubernetesSubject>;
  /** A workload of a GKE cluster, by its ServiceAccount. */
  gke?: pulumi.Input<KubernetesSubject>;
  /** A workload of an AKS cluster, by its ServiceAccount. */
  aks?: pulumi.Input<KubernetesSubject>;
  /** A workload of any Kubernetes cluster, by its ServiceAccount. */
  kubernetes?: pulumi.Input<KubernetesSubject>;
  /** A workflow of GitHub Actions, by its repository. */
  githubActions?: pulumi.Input<GithubActionsSubject>;
  /** A pipeline of GitLab CI, by its project. */
  gitlab?: pulumi.Input<GitlabSubject>;
  /** A stack that Pulumi Deployments runs. */
  pulumiDeployments?: pulumi.Input<PulumiDeploymentsSubject>;
  /** An environment of Pulumi ESC. */
  pulumiEsc?: pulumi.Input<PulumiEscSubject>;
  /** Any claims: claim path to pattern, as in `rules`, with the audience added. */
  custom?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Audience (`aud`) of a typed subject's tokens. Default: `urn:pulumi:org:ORGANIZATION`; the bare organization for
   * `pulumiDeployments` and for a `pulumiEsc` of the project `default`; needed for other ESC environments. A deny has a rule
   * on the audience only when one is given here.
   */
  audience?: pulumi.Input<string>;
}

/** A workload of a Kubernetes cluster: its tokens' `sub` is `system:serviceaccount:NAMESPACE:NAME`. */
export interface KubernetesSubject {
  /** Namespace of the ServiceAccount. */
  namespace: pulumi.Input<string>;
  /** Name of the ServiceAccount, without dots: a policy can't match one exactly. */
  serviceAccountName: pulumi.Input<string>;
  /** Pattern of the pod's name, in addition. Default: any pod that runs as the ServiceAccount. */
  podName?: pulumi.Input<string>;
}

/**
 * A workflow of GitHub Actions. At most one of `branch`, `tag`, `environment` and `pullRequest`, since a token's subject has one
 * of them; without any, whatever runs in the repository. With both ids, names and ids must be right at once, and the subject's
 * old form (`repo:OWNER/REPOSITORY:…`) and new one (`repo:OWNER@ID/REPOSITORY@ID:…`, GitHub changelog of 23 April 2026) are
 * allowed, in two definitions. Without them the linter warns `MUTABLE_GITHUB_NAME`.
 */
export interface GithubActionsSubject {
  /** `OWNER/REPOSITORY`, in upper and lower case as GitHub shows it. */
  repository: pulumi.Input<string>;
  /** Branch, such as `main`, or a pattern. Jobs with an environment have that in their subject instead. */
  branch?: pulumi.Input<string>;
  /** Tag, such as `v1`, or a pattern. */
  tag?: pulumi.Input<string>;
  /** Deployment environment of the job. */
  environment?: pulumi.Input<string>;
  /** Runs for pull requests, whose code has not been reviewed yet. Default: false. */
  pullRequest?: pulumi.Input<boolean>;
  /** Number of the repository: `gh api repos/OWNER/REPOSITORY --jq .id`. Given together with `ownerId`. */
  repositoryId?: pulumi.Input<string>;
  /** Number of the owner: `gh api repos/OWNER/REPOSITORY --jq .owner.id`. Given together with `repositoryId`. */
  ownerId?: pulumi.Input<string>;
  /** Pattern of the workflow's file and ref, `OWNER/REPOSITORY/.github/workflows/FILE@REF`. Default: any workflow. */
  workflowRef?: pulumi.Input<string>;
}

/** A pipeline of GitLab CI: its tokens' `sub` is `project_path:PROJECT:ref_type:TYPE:ref:REF`. */
export interface GitlabSubject {
  /** Path of the project with all its groups, `GROUP/PROJECT`. */
  project: pulumi.Input<string>;
  /** `branch` or `tag`. Default: `branch` when `ref` is given, else any. */
  refType?: pulumi.Input<GitlabRefType>;
  /** Branch or tag, or a pattern. Default: any. */
  ref?: pulumi.Input<string>;
  /** Number of the project, in addition: a path that is given up can become another's. */
  projectId?: pulumi.Input<string>;
}

/** A stack that Pulumi Deployments runs: `pulumi:deploy:org:…:project:…:stack:…:operation:…:scope:write`. */
export interface PulumiDeploymentsSubject {
  /** Organization of the stack. */
  organization: pulumi.Input<string>;
  /** Project of the stack. */
  project: pulumi.Input<string>;
  /** Name of the stack. */
  stack: pulumi.Input<string>;
  /** `preview`, `update`, `refresh` or `destroy`. Default: any, of which the linter warns. */
  operation?: pulumi.Input<DeploymentOperation>;
}

/** An environment of Pulumi ESC: its tokens' `sub` is `pulumi:environments:org:ORGANIZATION:env:PROJECT/ENVIRONMENT`. */
export interface PulumiEscSubject {
  /** Organization of the environment. */
  organization: pulumi.Input<string>;
  /** Project of the environment; `default` for one without a project. */
  project: pulumi.Input<string>;
  /** Name of the environment. */
  environment: pulumi.Input<string>;
}

/** A finding of the linter that is known and meant. */
export interface LintWaiver {
  /** Which finding. */
  name: pulumi.Input<WaivableFinding>;
  /** Why it is meant; not empty. */
  reason: pulumi.Input<string>;
}
