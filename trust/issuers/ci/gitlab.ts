import { claimValues } from "../../claims";
import type { Decision, Rules } from "../../policy";
import { checkLiteral, checkPattern, NUMERIC_ID, REF_PATTERN, subjectInvalid } from "../literal";
import { idsLike, namesLike, neighboursOf } from "../near-misses";
import { PULUMI_IMAGE } from "../pipeline";
import { each, type IssuerRecord, REGISTERED, untrusted } from "../record";

/** What a pipeline of GitLab runs for. */
export type GitlabRefType = "branch" | "tag";

/**
 * A pipeline of GitLab CI, on gitlab.com or a GitLab of one's own: its tokens' `sub` is
 * `project_path:PROJECT:ref_type:TYPE:ref:REF`. That of a merge request names the project and branch it comes from, so a fork's
 * is another project's.
 */
export interface GitlabSubject {
  /** Path of the project with all its groups, `GROUP/PROJECT`. */
  project: string;
  /** `branch` or `tag`. Default: `branch` when `ref` is given, else any. */
  refType?: GitlabRefType;
  /** Branch or tag, or a pattern. Default: any. */
  ref?: string;
  /** Number of the project, in addition: a path that is given up can become another's. */
  projectId?: string;
  /** Number of the group or user that has the project, in addition. A project that moves gets another. */
  namespaceId?: string;
  /** Whether the branch or tag must be a protected one. Default: false. */
  refProtected?: boolean;
  /** Environment that the job deploys to, in addition. Default: any, and none. */
  environment?: string;
}

const PROJECT = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)+$/;

/** A merge request's pipeline runs for its branch: no token ever says `mr`. */
const REF_TYPES = ["branch", "tag"];

/**
 * GitLab CI/CD (gitlabhq/gitlabhq at ef0ff4b5, doc-locale/ko-kr/ci/secrets/id_token_authentication.md, as of GitLab 18.9; its
 * older English version is at 5b3014ad). A GitLab of one's own signs with its own URL, which can be any.
 */
export const gitlab: IssuerRecord<"gitlab", GitlabSubject> = {
  key: "gitlab",
  name: "GitLab CI/CD",
  urls: ["https://gitlab.com"],
  signs: (url) => url === "https://gitlab.com",
  elsewhere: { "https://HOST": "a GitLab of one's own" },
  multiTenant: true,
  tenancy: "sub",
  subjects: [{ start: "project_path:", end: "/" }],
  labels: ["ref", "ref_type"],
  claims: {
    ...REGISTERED,
    project_id: { is: "id", identifies: "subject", tenantEnd: "" },
    namespace_id: { is: "id", identifies: "tenant", tenantEnd: "" },
    project_path: { is: "name", identifies: "subject", tenantEnd: "/" },
    namespace_path: { is: "name", identifies: "tenant", tenantEnd: "/" },
    ...each("name", "user_login", "user_email", "user_identities", "groups_direct", "job_project_path"),
    ...each("name", "job_namespace_path", "ci_config_ref_uri", "job_config.url"),
    ...each("id", "user_id", "job_project_id", "job_namespace_id", "runner_id"),
    ...each("verified", "project_visibility", "user_access_level", "pipeline_id", "pipeline_source", "job_id"),
    ...each("verified", "job_source", "job_config.sha", "ref", "ref_type", "ref_path", "ref_protected", "environment"),
    ...each("verified", "environment_protected", "runner_environment", "sha", "ci_config_sha"),
    ...untrusted("the author of the job, in .gitlab-ci.yml", "environment_action", "deployment_tier"),
  },
  suggested: ["project_id", "namespace_id", "ref", "ref_type", "environment"],
  audience: { rule: "what the job writes as aud of the token in id_tokens; it must write one" },
  getToken:
    "id_tokens: { PULUMI_OIDC_TOKEN: { aud: AUDIENCE } } in the job puts it into the variable PULUMI_OIDC_TOKEN",
  // Pipelines of merge requests have no CI_COMMIT_BRANCH (gitlabhq/gitlabhq at 2f369bd9,
  // doc/ci/variables/predefined_variables.md). All of `script` runs in one shell.
  ci: {
    token: { variable: "PULUMI_OIDC_TOKEN" },
    file: ".gitlab-ci.yml",
    document: ({ audience, login, work, branch, environment }) => ({
      pulumi: {
        image: { name: PULUMI_IMAGE, entrypoint: [""] },
        id_tokens: { PULUMI_OIDC_TOKEN: { aud: audience } },
        ...(environment !== undefined && { environment: { name: environment } }),
        rules: [{ if: `$CI_COMMIT_BRANCH == "${branch}"` }],
        script: [login, work],
      },
    }),
  },
  awsKeys: [
    ...["namespace_id", "pipeline_source", "project_id", "ref_protected", "runner_environment"],
    ...["user_access_level", "user_email", "user_id", "user_login"],
  ],
  entra: {
    // Also a GitLab of one's own, by its host (Entra documentation, "Flexible federated identity credentials": issuer URLs).
    issuers: /^https:\/\/gitlab\.(([^/]+\.)?com|[^/]+\.ca)$/,
    claims: { sub: ["eq", "matches"], project_id: ["eq"], namespace_id: ["eq"], user_id: ["eq"] },
    // Entra documentation, "Mutable subjects in federated identity credentials".
    required: [["sub"], ["project_id", "namespace_id", "user_id"]],
  },

  /**
   * The subject is `project_path:GROUP/PROJECT:ref_type:TYPE:ref:REF`. The project's id is added where it is known, since a path
   * that is given up can become another's; a deny goes by the id alone.
   */
  rules(subject, where, decision) {
    const { project, projectId, ref } = subject;
    checkLiteral(project, `${where}.project`, PROJECT, "give GROUP/PROJECT, with all subgroups");
    const refType = subject.refType ?? (ref === undefined ? undefined : "branch");
    if (refType !== undefined && !REF_TYPES.includes(refType)) {
      throw subjectInvalid(`"${refType}" is not a type of ref`, `${where}.refType`, `use ${REF_TYPES.join(" or ")}`);
    }
    if (ref !== undefined) {
      checkPattern(ref, `${where}.ref`, REF_PATTERN, "give the name alone, such as main or release/*");
    }
    const context = refType === undefined ? "*" : `ref_type:${refType}:ref:${ref ?? "*"}`;
    const job = { ...idsOf(subject, where, decision), ...jobOf(subject, where) };
    if (decision === "allow" || projectId === undefined) {
      return [{ sub: `project_path:${project}:${context}`, ...job }];
    }
    const anyPath: Rules = context === "*" ? {} : { sub: `*:${context}` };
    return [{ ...anyPath, ...job }];
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const [, group, name, refType, ref] = /^project_path:([^:]+)\/([^/:]+):ref_type:([^:]+):ref:(.*)$/s.exec(sub) ?? [];
    const [projectId] = claimValues(claims, ["project_id"]);
    const [namespaceId] = claimValues(claims, ["namespace_id"]);
    return neighboursOf(
      claims,
      open,
      group === undefined ? undefined : { group, name, refType, ref, projectId, namespaceId },
      {
        group: namesLike,
        name: namesLike,
        refType: () => REF_TYPES,
        ref: namesLike,
        projectId: idsLike,
        namespaceId: idsLike,
      },
      (job) => ({
        sub: `project_path:${job.group}/${job.name}:ref_type:${job.refType}:ref:${job.ref}`,
        project_path: `${job.group}/${job.name}`,
        namespace_path: job.group,
        project_id: job.projectId,
        namespace_id: job.namespaceId,
        ref: job.ref,
        ref_type: job.refType,
      }),
    );
  },
};

/** A deny goes by the project's id alone, because it must hold wherever the project moves. */
function idsOf({ projectId, namespaceId }: GitlabSubject, where: string, decision: Decision): Rules {
  const fix = "give the number that its page shows";
  const rules: Rules = {};
  if (projectId !== undefined) {
    checkLiteral(projectId, `${where}.projectId`, NUMERIC_ID, fix);
    rules.project_id = projectId;
  }
  if (namespaceId !== undefined) {
    checkLiteral(namespaceId, `${where}.namespaceId`, NUMERIC_ID, fix);
    if (decision === "allow" || projectId === undefined) {
      rules.namespace_id = namespaceId;
    }
  }
  return rules;
}

function jobOf({ refProtected, environment }: GitlabSubject, where: string): Rules {
  if (environment !== undefined) {
    checkLiteral(environment, `${where}.environment`, /^[^\r\n]+$/, "give the environment's name");
  }
  return { ...(refProtected && { ref_protected: "true" }), ...(environment !== undefined && { environment }) };
}
