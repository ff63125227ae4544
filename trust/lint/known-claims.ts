import type { IssuerKind } from "./issuer-kind";

const REGISTERED = ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"];

/** Claims that can be held against a pattern, by issuer; claims that are objects are not among them. */
const CLAIMS: Record<IssuerKind, string[]> = {
  kubernetes: [],
  // GitHub documentation, "OpenID Connect reference".
  github: [
    ...["actor", "actor_id", "base_ref", "check_run_id", "enterprise", "enterprise_id", "environment"],
    ...["environment_node_id", "event_name", "head_ref", "issuer_scope", "job_workflow_ref", "job_workflow_sha"],
    ...["ref", "ref_protected", "ref_type", "repository", "repository_id", "repository_owner", "repository_owner_id"],
    ...["repository_visibility", "run_attempt", "run_id", "run_number", "runner_environment", "sha", "workflow"],
    ...["workflow_ref", "workflow_sha"],
  ],
  // GitLab documentation, "OpenID Connect (OIDC) Authentication Using ID Tokens".
  gitlab: [
    ...["namespace_id", "namespace_path", "project_id", "project_path", "project_visibility", "user_id", "user_login"],
    ...["user_email", "user_access_level", "groups_direct", "pipeline_id", "pipeline_source", "job_id", "job_source"],
    ...["job_project_id", "job_project_path", "job_namespace_id", "job_namespace_path", "job_policy_ref_uri"],
    ...["job_policy_ref_sha", "job_config", "ref", "ref_type", "ref_path", "ref_protected", "environment"],
    ...["environment_protected", "environment_action", "deployment_tier", "deployment_action", "runner_id"],
    ...["runner_environment", "sha", "ci_config_ref_uri", "ci_config_sha"],
  ],
  // Pulumi documentation, "Pulumi Deployments: OIDC" and "Configuring OpenID Connect" of ESC.
  pulumi: [
    ...["stackId", "operation", "org", "project", "stack", "deployment", "scope"],
    ...["current_env", "root_env", "trigger_user"],
    ...["org", "org_id", "current_env", "current_env_id", "root_env", "root_env_id", "actor"].map(
      (name) => `https://pulumi.com/${name}`,
    ),
  ],
};

/** Below `kubernetes.io` (Kubernetes documentation, "Managing Service Accounts": schema of private claims). */
const KUBERNETES = [
  ...["namespace", "warnafter"],
  ...["serviceaccount", "pod", "node", "secret"].flatMap((object) => [`${object}.name`, `${object}.uid`]),
];

/** Whether tokens of such an issuer can hold a value at this claim path. */
export function isKnownClaim(kind: IssuerKind, keys: readonly string[]): boolean {
  const [first, ...rest] = keys;
  if (first === undefined) {
    return false;
  }
  if (rest.length > 0) {
    return kind === "kubernetes" && first === "kubernetes.io" && KUBERNETES.includes(rest.join("."));
  }
  // Custom properties of a repository have names of their owner's choice.
  return (
    REGISTERED.includes(first) ||
    CLAIMS[kind].includes(first) ||
    (kind === "github" && first.startsWith("repo_property_"))
  );
}
