import { type CiSystem, numericId } from "./system";

const SHA = "10e45123f9f2a3c4b5d60718293a4b5c6d7e8f90";

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; steps: { name?: string; run?: string }[] }>;
}

/**
 * GitHub Actions. Claims: github/docs at 051718f2, content/actions/reference/security/oidc.md. The token: actions/toolkit at
 * 0d78354e, packages/core/src/oidc-utils.ts, which appends `&audience=` to the URL.
 */
export const githubActions: CiSystem = {
  claims: {
    iss: "https://token.actions.githubusercontent.com",
    repository: "acme/infra",
    repository_visibility: "private",
    ref: "refs/heads/main",
    ref_protected: "true",
    sha: SHA,
    event_name: "push",
    base_ref: "",
    head_ref: "",
    workflow: "deploy",
    workflow_sha: SHA,
    actor: "ada",
    run_id: "11223344556",
    run_number: "10",
    run_attempt: "1",
    check_run_id: "33445566778",
    runner_environment: "github-hosted",
  },
  optional: {
    environment: "production",
    environment_node_id: "EN_kwDOAbCdEf4AaBbC",
    enterprise: "acme-corp",
    enterprise_id: "4711",
    job_workflow_ref: "acme/workflows/.github/workflows/up.yml@refs/heads/main",
    job_workflow_sha: SHA,
    repo_property_tier: "production",
  },
  derive({ repository = "", ref = "", environment, event_name, actor = "", base_ref, head_ref }) {
    const [owner = ""] = repository.split("/");
    const isPullRequest = event_name === "pull_request";
    const now = isPullRequest ? "refs/pull/7/merge" : ref;
    const context = environment
      ? `environment:${environment.replaceAll(":", "%3A")}`
      : isPullRequest
        ? "pull_request"
        : `ref:${now}`;
    return {
      // The form of repositories that were made before 15 July 2026; that with ids is given as `sub`.
      sub: `repo:${repository}:${context}`,
      aud: `https://github.com/${owner}`,
      repository_id: numericId(repository),
      repository_owner: owner,
      repository_owner_id: numericId(owner),
      actor_id: numericId(actor),
      ref: now,
      ref_type: now.startsWith("refs/tags/") ? "tag" : "branch",
      workflow_ref: `${repository}/.github/workflows/deploy.yml@${now}`,
      ...(isPullRequest && { base_ref: base_ref || "main", head_ref: head_ref || "feature" }),
    };
  },
  stamps: ["nbf", "jti"],
  lifetimeSeconds: 300,
  delivery: {
    by: "request",
    method: "GET",
    url: "ACTIONS_ID_TOKEN_REQUEST_URL",
    query: "?api-version=2.0",
    token: "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    answer: "value",
  },
  // Without the permission a job has neither variable.
  pipeline({ jobs, permissions }: Workflow) {
    const [job] = Object.values(jobs);
    const mayAsk = (job?.permissions ?? permissions)?.["id-token"] === "write";
    const without = mayAsk ? [] : ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
    return {
      steps: (job?.steps ?? []).flatMap(({ name = "run", run }) =>
        run === undefined ? [] : [{ name, text: run, without }],
      ),
    };
  },
};
