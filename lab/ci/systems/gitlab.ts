import { type CiSystem, numericId } from "./system";

const SHA = "714a629c0b401fdce83e847fc9589983fc6f46bc";

/**
 * GitLab CI/CD, gitlab.com (gitlabhq/gitlabhq at ef0ff4b5, doc-locale/ko-kr/ci/secrets/id_token_authentication.md): `id_tokens` in the
 * job names the variable and the audience.
 */
export const gitlab: CiSystem = {
  claims: {
    iss: "https://gitlab.com",
    project_path: "acme/infra",
    project_visibility: "private",
    user_id: "42",
    user_login: "ada",
    user_email: "ada@example.com",
    user_access_level: "maintainer",
    pipeline_id: "1212",
    pipeline_source: "push",
    job_id: "1010",
    job_source: "push",
    ref: "main",
    ref_type: "branch",
    ref_protected: "true",
    runner_id: 1,
    runner_environment: "gitlab-hosted",
    sha: SHA,
    ci_config_sha: SHA,
  },
  optional: {
    environment: "production",
    environment_protected: "true",
    deployment_tier: "production",
    environment_action: "start",
    groups_direct: ["acme"],
    user_identities: [{ provider: "github", extern_uid: "2435223452345" }],
    job_config: { url: "https://gitlab.com/acme/infra/-/blob/main/.gitlab-ci.yml", sha: SHA },
  },
  derive({ project_path: path = "", ref, ref_type }) {
    const namespace = path.slice(0, path.lastIndexOf("/"));
    const ref_path = `refs/${ref_type === "tag" ? "tags" : "heads"}/${ref}`;
    const ids = { project_id: numericId(path), namespace_id: numericId(namespace) };
    return {
      sub: `project_path:${path}:ref_type:${ref_type}:ref:${ref}`,
      ...ids,
      namespace_path: namespace,
      job_project_id: ids.project_id,
      job_project_path: path,
      job_namespace_id: ids.namespace_id,
      job_namespace_path: namespace,
      ref_path,
      ci_config_ref_uri: `gitlab.com/${path}//.gitlab-ci.yml@${ref_path}`,
    };
  },
  stamps: ["nbf", "jti"],
  // The job's timeout, by default an hour.
  lifetimeSeconds: 3600,
  delivery: { by: "variable" },
  pipeline(document: Record<string, { script?: string[]; id_tokens?: Record<string, { aud: string }> }>) {
    const job = Object.values(document).find(({ script }) => script !== undefined);
    const [variable, token] = Object.entries(job?.id_tokens ?? {})[0] ?? [];
    return { steps: [{ name: "script", text: (job?.script ?? []).join("\n") }], audience: token?.aud, variable };
  },
};
