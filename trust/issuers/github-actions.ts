import { claimValues } from "../claims";
import type { Rules } from "../policy";
import { checkLiteral, checkPattern, NUMERIC_ID, REF_PATTERN, subjectInvalid } from "./literal";
import { idsLike, namesLike, neighboursOf } from "./near-misses";
import { each, type IssuerRecord, REGISTERED, untrusted } from "./record";

/**
 * A workflow of GitHub Actions. At most one of `branch`, `tag`, `environment` and `pullRequest`, since a token's subject has one
 * of them; without any, whatever runs in the repository. With both ids, names and ids must be right at once, and the subject's
 * old form (`repo:OWNER/REPOSITORY:…`) and new one (`repo:OWNER@ID/REPOSITORY@ID:…`, GitHub changelog of 23 April 2026) are
 * allowed, in two definitions. Without them the linter warns `MUTABLE_GITHUB_NAME`.
 */
export interface GithubActionsSubject {
  /** `OWNER/REPOSITORY`, in upper and lower case as GitHub shows it. */
  repository: string;
  /** Branch, such as `main`, or a pattern. Jobs with an environment have that in their subject instead. */
  branch?: string;
  /** Tag, such as `v1`, or a pattern. */
  tag?: string;
  /** Deployment environment of the job. */
  environment?: string;
  /** Runs for pull requests, whose code has not been reviewed yet. Default: false. */
  pullRequest?: boolean;
  /** Number of the repository: `gh api repos/OWNER/REPOSITORY --jq .id`. Given together with `ownerId`. */
  repositoryId?: string;
  /** Number of the owner: `gh api repos/OWNER/REPOSITORY --jq .owner.id`. Given together with `repositoryId`. */
  ownerId?: string;
  /** Pattern of the workflow's file and ref, `OWNER/REPOSITORY/.github/workflows/FILE@REF`. Default: any workflow. */
  workflowRef?: string;
}

const REPOSITORY = /^[A-Za-z0-9_-]+\/[A-Za-z0-9._-]+$/;
const CONTEXTS = ["branch", "tag", "environment", "pullRequest"] as const;

/** GitHub Actions (GitHub documentation, "OpenID Connect reference"; changelog, 23 April 2026, for ids in subjects). */
export const githubActions: IssuerRecord<"githubActions", GithubActionsSubject> = {
  key: "githubActions",
  name: "GitHub Actions",
  urls: ["https://token.actions.githubusercontent.com"],
  // An enterprise's issuer has its name behind the host; GitHub Enterprise Server signs at /_services/token of its own host.
  signs: (url) => /^https:\/\/(token\.actions\.githubusercontent\.com(\/|$)|[^/]+\/_services\/token$)/.test(url),
  multiTenant: true,
  tenancy: "sub",
  subjects: [{ start: "repo:", end: "/", parts: ["", "the owner", "the repository"] }],
  labels: ["environment"],
  idInSubject: /@\d+$/,
  withoutIds: (subject) => subject.replace(/^repo:([^/@:]+)@\d+\/([^/@:]+)@\d+/, "repo:$1/$2"),
  claims: {
    ...REGISTERED,
    repository_id: { is: "id", identifies: "subject", tenantEnd: "" },
    repository_owner_id: { is: "id", identifies: "tenant", tenantEnd: "" },
    enterprise_id: { is: "id", identifies: "tenants", tenantEnd: "" },
    repository: { is: "name", identifies: "subject", tenantEnd: "/" },
    repository_owner: { is: "name", identifies: "tenant", tenantEnd: "" },
    enterprise: { is: "name", identifies: "tenants", tenantEnd: "" },
    // Whose workflow it is, not whose token: anybody may call a reusable workflow.
    job_workflow_ref: { is: "name", tenantEnd: "/" },
    workflow_ref: { is: "name", tenantEnd: "/" },
    ...each("name", "actor"),
    ...each("id", "actor_id", "environment_node_id"),
    ...each("verified", "check_run_id", "environment", "event_name", "issuer_scope", "job_workflow_sha", "ref"),
    ...each("verified", "ref_protected", "ref_type", "repository_visibility", "run_attempt", "run_id", "run_number"),
    ...each("verified", "runner_environment", "sha", "workflow_sha"),
    // Properties of a repository have names of their owner's choice.
    ...each("verified", "repo_property_*"),
    ...untrusted("the author of a pull request", "head_ref", "base_ref"),
    ...untrusted("the author of any workflow file in the repository, on any branch", "workflow"),
  },
  suggested: ["repository_id", "repository_owner_id", "ref", "environment", "job_workflow_ref"],
  audience: { rule: "what the job asks for, by default the URL of the repository's owner" },
  getToken:
    "with the permission id-token: write, a GET of $ACTIONS_ID_TOKEN_REQUEST_URL&audience=AUDIENCE, authorized by $ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  awsKeys: [
    ...["actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository"],
    ...["repository_id", "repository_owner_id", "workflow"],
  ],
  entra: {
    issuers: /^https:\/\/token\.actions\.githubusercontent\.com$/,
    claims: {
      sub: ["eq", "matches"],
      job_workflow_ref: ["eq", "matches"],
      repository_id: ["eq"],
      repository_owner_id: ["eq"],
    },
    required: [["sub"], ["repository_id", "repository_owner_id"]],
  },

  /**
   * The subject begins with `repo:OWNER/REPOSITORY:`, that of new, renamed and moved repositories with
   * `repo:OWNER@ID/REPOSITORY@ID:`.
   *
   * With the ids known, an allow has both forms, each with rules on the ids besides: a token must have name, context and ids
   * right at once, whichever form it comes in. Rules on the ids alone would be one definition, but then claims that any job of
   * the repository has would have to stand for the context. A deny goes by the repository's id alone, because a new name must
   * not escape it; without ids it has both forms, whatever the ids.
   */
  rules(subject, where, decision) {
    const { repository, repositoryId, ownerId, workflowRef } = subject;
    checkLiteral(repository, `${where}.repository`, REPOSITORY, "give OWNER/REPOSITORY");
    const context = contextOf(subject, where);
    const [owner = "", name = ""] = repository.split("/");
    const shared: Rules = {};
    if (workflowRef !== undefined) {
      const fix = "give OWNER/REPOSITORY/.github/workflows/FILE@REF";
      checkPattern(workflowRef, `${where}.workflowRef`, /^[^/\s]+\/[^/\s]+\/\S+$/, fix);
      shared.workflow_ref = workflowRef;
    }
    if (repositoryId === undefined && ownerId === undefined) {
      const withIds = { sub: `repo:${owner}@*/${name}@*:${context}`, ...shared };
      const byName = { sub: `repo:${repository}:${context}`, ...shared };
      return decision === "deny" ? [byName, withIds] : [byName];
    }
    const fix = "give both ids: `gh api repos/OWNER/REPOSITORY --jq '.id, .owner.id'` prints them";
    checkLiteral(repositoryId, `${where}.repositoryId`, NUMERIC_ID, fix);
    checkLiteral(ownerId, `${where}.ownerId`, NUMERIC_ID, fix);
    const ids: Rules = { repository_id: String(repositoryId), repository_owner_id: String(ownerId) };
    if (decision === "deny") {
      const anyName: Rules = context === "*" ? {} : { sub: `*:${context}` };
      return [{ ...anyName, repository_id: String(repositoryId), ...shared }];
    }
    const subjects = [`repo:${repository}:${context}`, `repo:${owner}@${ownerId}/${name}@${repositoryId}:${context}`];
    return subjects.map((sub) => ({ sub, ...ids, ...shared }));
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const [, owner, ownerInSub, name, idInSub, context] =
      /^repo:([^/@:]+)(?:@(\d+))?\/([^/@:]+)(?:@(\d+))?:(.*)$/s.exec(sub) ?? [];
    const [ownerId = ownerInSub] = claimValues(claims, ["repository_owner_id"]);
    const [repositoryId = idInSub] = claimValues(claims, ["repository_id"]);
    const [workflowRef] = claimValues(claims, ["workflow_ref"]);
    const mark = (inSub: string | undefined, id: string | undefined) => (inSub === undefined ? "" : `@${id}`);
    return neighboursOf(
      claims,
      open,
      owner === undefined ? undefined : { owner, name, context, ownerId, repositoryId, workflowRef },
      {
        owner: namesLike,
        name: namesLike,
        context: (text) => [`${text}-2`, "ref:refs/heads/neighbour", "environment:neighbour", "pull_request"],
        ownerId: idsLike,
        repositoryId: idsLike,
        workflowRef: namesLike,
      },
      (job) => ({
        sub: `repo:${job.owner}${mark(ownerInSub, job.ownerId)}/${job.name}${mark(idInSub, job.repositoryId)}:${job.context}`,
        repository: `${job.owner}/${job.name}`,
        repository_owner: job.owner,
        repository_id: job.repositoryId,
        repository_owner_id: job.ownerId,
        workflow_ref: job.workflowRef,
        ref: /^ref:(.*)/s.exec(job.context ?? "")?.[1] ?? claims.ref,
        environment: /^environment:(.*)/s.exec(job.context ?? "")?.[1] ?? "",
      }),
    );
  },
};

/** The part of the subject behind the repository. An environment takes the place of the branch in it. */
function contextOf(subject: GithubActionsSubject, where: string): string {
  const given = CONTEXTS.filter((context) => subject[context] !== undefined && subject[context] !== false);
  if (given.length > 1) {
    const fix = `give one of ${CONTEXTS.join(", ")}`;
    throw subjectInvalid(
      `${given.join(" and ")} are mutually exclusive: a token's subject has one of them`,
      where,
      fix,
    );
  }
  const { branch, tag, environment, pullRequest } = subject;
  if (branch !== undefined) {
    checkPattern(branch, `${where}.branch`, REF_PATTERN, "give the branch's name alone, such as main or release/*");
    return `ref:refs/heads/${branch}`;
  }
  if (tag !== undefined) {
    checkPattern(tag, `${where}.tag`, REF_PATTERN, "give the tag's name alone, such as v1 or v*");
    return `ref:refs/tags/${tag}`;
  }
  if (environment !== undefined) {
    checkLiteral(environment, `${where}.environment`, /^[^\r\n]+$/, "give the environment's name");
    // Colons part the subject, so GitHub writes those of names in another way.
    return `environment:${environment.replaceAll(":", "%3A")}`;
  }
  return pullRequest ? "pull_request" : "*";
}
