import type { Decision, Rules } from "../policy";

/** A workload of a Kubernetes cluster, by the ServiceAccount it runs as. */
export interface KubernetesSubject {
  namespace: string;
  serviceAccountName: string;
  /** Pattern; added to the ServiceAccount, never instead of it. */
  podName?: string;
}

/** A workflow of GitHub Actions, by its repository. At most one of `branch`, `tag`, `environment`, `pullRequest`. */
export interface GithubActionsSubject {
  /** `OWNER/REPOSITORY`. */
  repository: string;
  /** Pattern. */
  branch?: string;
  /** Pattern. */
  tag?: string;
  environment?: string;
  pullRequest?: boolean;
  /** Given together with `ownerId`. */
  repositoryId?: string;
  ownerId?: string;
  /** Pattern. */
  workflowRef?: string;
}

/** What a pipeline of GitLab runs for. */
export type GitlabRefType = "branch" | "tag";

/** A pipeline of GitLab CI, by its project. */
export interface GitlabSubject {
  /** `GROUP/PROJECT`, with subgroups. */
  project: string;
  refType?: GitlabRefType;
  /** Pattern. */
  ref?: string;
  projectId?: string;
}

/** What Pulumi Deployments does with a stack. */
export type DeploymentOperation = "preview" | "update" | "refresh" | "destroy" | "detect-drift" | "remediate-drift";

/** A stack that Pulumi Deployments runs. */
export interface PulumiDeploymentsSubject {
  organization: string;
  project: string;
  stack: string;
  /** Default: any. What the token of a drift run names was not verified, so the two drift operations are warned of. */
  operation?: DeploymentOperation;
}

/** An environment of Pulumi ESC. */
export interface PulumiEscSubject {
  organization: string;
  project: string;
  environment: string;
}

/** Claim path to pattern, besides the audience. */
export type CustomSubject = Record<string, string>;

/** What a definition can be about, by the name of the field that says so. */
export interface Subjects {
  kubernetes: KubernetesSubject;
  githubActions: GithubActionsSubject;
  gitlab: GitlabSubject;
  pulumiDeployments: PulumiDeploymentsSubject;
  pulumiEsc: PulumiEscSubject;
  custom: CustomSubject;
}

/** A subject turned into rules, without the one on the audience. */
export interface CompiledSubject {
  /** Each of them becomes a definition of its own; the subject's token fulfils one of them. */
  alternatives: Rules[];
  /** Audience of the subject's tokens where it is not the organization's: undefined for that, null if there is none to assume. */
  audience?: string | null;
}

/** Turns a subject into rules. A deny must hold whatever a token says besides, an allow admit nobody else. */
export type CompileSubject<T> = (subject: T, where: string, decision: Decision) => CompiledSubject;
