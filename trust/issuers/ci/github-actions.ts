import { claimValues } from "../../claims";
import type { Decision, Rules } from "../../policy";
import { checkLiteral, checkPattern, NUMERIC_ID, REF_PATTERN, subjectInvalid } from "../literal";
import { idsLike, namesLike, neighboursOf } from "../near-misses";
import { each, type IssuerRecord, REGISTERED, untrusted } from "../record";

/**
 * A workflow of GitHub Actions. Of `branch`, `tag` and `pullRequest` at most one; without them any branch or tag, and no pull
 * request. With both ids, names and ids must be right at once, and the subject's old form (`repo:OWNER/REPOSITORY:…`) and the
 * one with ids (`repo:OWNER@ID/REPOSITORY@ID:…`, of repositories made, renamed or moved since July 2026) are allowed, in two
 * definitions. Without them the linter warns `MUTABLE_GITHUB_NAME`.
 */
export interface GithubActionsSubject {
  /** `OWNER/REPOSITORY`, in upper and lower case as GitHub shows it. */
  repository: string;
  /** Branch, such as `main`, or a pattern. Default: any. */
  branch?: string;
  /** Tag, such as `v1`, or a pattern. Default: any. */
  tag?: string;
  /**
   * Deployment environment of the job; its branch, tag or pull request can be given besides. Default: jobs without an
   * environment, since the environment takes the place of the branch in the subject.
   */
  environment?: string;
  /** Runs for pull requests, whose code has not been reviewed yet. Default: false. */
  pullRequest?: boolean;
  /** Number of the repository: `gh api repos/OWNER/REPOSITORY --jq .id`. Given together with `ownerId`. */
  repositoryId?: string;
  /** Number of the owner: `gh api repos/OWNER/REPOSITORY --jq .owner.id`. Given together with `repositoryId`. */
  ownerId?: string;
  /** Pattern of the workflow's file and ref, `OWNER/REPOSITORY/.github/workflows/FILE@REF`. Default: any workflow. */
  workflowRef?: string;
  /** The same of the reusable workflow that the job calls. Default: any, and none. */
  jobWorkflowRef?: string;
  /**
   * What the subject is made of, in this order, where the repository or its organization has changed it:
   * `include_claim_keys` of GitHub's REST API. Default: `repo` and `context`, GitHub's own.
   */
  includeClaimKeys?: string[];
}

const REPOSITORY = /^[A-Za-z0-9_-]+\/[A-Za-z0-9._-]+$/;
const REFS = ["branch", "tag", "pullRequest"] as const;

/** Refs of branches and tags: those of pull requests are refs/pull/NUMBER/merge. */
const NO_PULL_REQUEST = "refs/*s/*";

/** The tag v6.1.0 of github.com/actions/checkout. */
const CHECKOUT = "actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803";

/** The tag v2.1.0 of github.com/pulumi/auth-actions. */
const AUTH = "pulumi/auth-actions@141415910c3beb54e03b48e9057c204c97b956f2";

/** Keys of a subject whose value a typed subject may not say; besides `repo` and `context`. */
const CLAIM_KEY = /^(?!repository$)[a-z_]+$/;

/**
 * GitHub Actions (github/docs at 051718f2, content/actions/reference/security/oidc.md; for data residency "Substituted values on
 * GHE.com", for an enterprise "Customizing the issuer value for an enterprise" there).
 */
export const githubActions: IssuerRecord<"githubActions", GithubActionsSubject> = {
  key: "githubActions",
  name: "GitHub Actions",
  urls: ["https://token.actions.githubusercontent.com"],
  // An enterprise's issuer has its slug behind the host, with data residency its subdomain in the host; GitHub Enterprise Server
  // signs at /_services/token of its own host.
  signs: (url) =>
    /^https:\/\/(token\.actions\.(githubusercontent\.com|[a-z0-9-]+\.ghe\.com)(\/[^/]+)?|[^/]+\/_services\/token)$/.test(
      url,
    ),
  elsewhere: {
    "https://token.actions.githubusercontent.com/ENTERPRISE": "an enterprise that has an issuer of its own",
    "https://token.actions.SUBDOMAIN.ghe.com": "an enterprise with data residency",
    "https://HOST/_services/token": "a GitHub Enterprise Server",
  },
  multiTenant: true,
  tenancy: "sub",
  // The first is GitHub's own; the others can be chosen by `include_claim_keys`. What begins otherwise names no tenant.
  subjects: [
    { start: "repo:", end: "/", parts: ["", "the owner", "the repository"] },
    ...["repository_owner", "repository_owner_id", "repository_id", "enterprise", "enterprise_id"].map((claim) => ({
      start: `${claim}:`,
      end: ":",
    })),
  ],
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
    ...each("verified", "check_run_id", "environment", "event_name", "job_workflow_sha", "ref"),
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
  // The machines have the CLI and curl (actions/runner-images, images/ubuntu/Ubuntu2404-Readme.md at 05d68bcf); `::add-mask::`:
  // github/docs at 2f266f04, content/actions/reference/workflows-and-actions/workflow-commands.md.
  ci: {
    token: {
      // Its header comes from standard input: arguments are there for every process to see.
      command: (audience) =>
        `printf 'header = "Authorization: bearer %s"\\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" | curl -fsS -K - "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${encodeURIComponent(audience)}"`,
      member: "value",
    },
    maskPrefix: "::add-mask::",
    file: ".github/workflows/pulumi.yml",
    // Its inputs are in action.yml of that tag, what it exports in src/main.ts there.
    vendorAction: {
      uses: AUTH,
      inputs: { organization: "organization", tokenType: "requested-token-type", scope: "scope", apiUrl: "cloud-url" },
      differs:
        "pulumi/auth-actions puts the access token into the environment of every later step of the job, those of other actions included, as PULUMI_ACCESS_TOKEN, and does so with export-environment-variables: false too; the default step does not",
    },
    document: ({ login, action, work, branch, environment }) => ({
      name: "Pulumi",
      on: { push: { branches: [branch] } },
      permissions: {},
      jobs: {
        pulumi: {
          "runs-on": "ubuntu-24.04",
          ...(environment !== undefined && { environment }),
          permissions: { contents: "read", "id-token": "write" },
          ...(action !== undefined && { env: action.env }),
          steps: [
            { uses: CHECKOUT, with: { "persist-credentials": false } },
            {
              name: "Log in to Pulumi Cloud",
              ...(action === undefined ? { shell: "sh", run: login } : { uses: action.uses, with: action.with }),
            },
            { name: "Work", shell: "sh", run: work },
          ],
        },
      },
    }),
    comments: { [CHECKOUT]: "v6.1.0", [AUTH]: "v2.1.0" },
  },
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
   * `repo:OWNER@ID/REPOSITORY@ID:`, if it is not made of other claims.
   *
   * With the ids known, an allow has both forms, each with rules on the ids besides: a token must have name, context and ids
   * right at once, whichever form it comes in. Rules on the ids alone would be one definition, but then claims that any job of
   * the repository has would have to stand for the context. A subject of other claims need not name the repository, so that has
   * a rule of its own. A deny goes by the repository's id alone, because a new name must not escape it; without ids it has both
   * forms, whatever the ids.
   */
  rules(subject, where, decision) {
    const { repository, repositoryId, ownerId, includeClaimKeys } = subject;
    checkLiteral(repository, `${where}.repository`, REPOSITORY, "give OWNER/REPOSITORY");
    const place = placeOf(subject, where);
    const shared = { ...workflowsOf(subject, where), ...(place.environment !== undefined && refRule(place)) };
    const [owner = "", name = ""] = repository.split("/");
    const isKnown = repositoryId !== undefined || ownerId !== undefined;
    if (isKnown) {
      const fix = "give both ids: `gh api repos/OWNER/REPOSITORY --jq '.id, .owner.id'` prints them";
      checkLiteral(repositoryId, `${where}.repositoryId`, NUMERIC_ID, fix);
      checkLiteral(ownerId, `${where}.ownerId`, NUMERIC_ID, fix);
    }
    const repositoryAlone: Rules = { repository_id: String(repositoryId) };
    const ids: Rules = isKnown ? { ...repositoryAlone, repository_owner_id: String(ownerId) } : {};
    const forms = isKnown ? [repository, `${owner}@${ownerId}/${name}@${repositoryId}`] : [repository];
    if (includeClaimKeys !== undefined) {
      const known = decision === "deny" ? repositoryAlone : ids;
      const claims = { ...(isKnown ? known : { repository }), ...placeRules(place, decision), ...shared };
      const subjects = forms.map((repo) =>
        subjectOf(includeClaimKeys, { ...subject, repo, owner }, place, `${where}.includeClaimKeys`),
      );
      return decision === "deny" ? [claims] : [...new Set(subjects)].map((sub) => ({ sub, ...claims }));
    }
    if (decision === "deny") {
      const context = contextOf(place, "*");
      const anyName: Rules = context === "*" ? {} : { sub: `*:${context}` };
      return isKnown
        ? [{ ...anyName, ...repositoryAlone, ...shared }]
        : [repository, `${owner}@*/${name}@*`].map((repo) => ({ sub: `repo:${repo}:${context}`, ...shared }));
    }
    const noPullRequest = place.environment !== undefined && place.ref === undefined ? { ref: NO_PULL_REQUEST } : {};
    return forms.map((repo) => ({
      sub: `repo:${repo}:${contextOf(place, "ref:*")}`,
      ...ids,
      ...noPullRequest,
      ...shared,
    }));
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const segments = segmentsOf(sub);
    const [repository = ""] = claimValues(claims, ["repository"]);
    const inSub = segments.find(({ key }) => key === "repo")?.value ?? repository;
    const [, owner, ownerInSub, name, idInSub] = /^([^/@:]+)(?:@(\d+))?\/([^/@:]+)(?:@(\d+))?$/.exec(inSub) ?? [];
    const context = segments.find(({ key }) => CONTEXTS.includes(key))?.text;
    const claimOf = (claim: string) => claimValues(claims, [claim])[0];
    const mark = (id: string | undefined, now: string | undefined) => (id === undefined ? "" : `@${now}`);
    return neighboursOf(
      claims,
      open,
      owner === undefined
        ? undefined
        : {
            ...{
              owner,
              name,
              context,
              workflowRef: claimOf("workflow_ref"),
              jobWorkflowRef: claimOf("job_workflow_ref"),
            },
            ownerId: claimOf("repository_owner_id") ?? ownerInSub,
            repositoryId: claimOf("repository_id") ?? idInSub,
          },
      {
        owner: namesLike,
        name: namesLike,
        context: (text) => [`${text}-2`, "ref:refs/heads/neighbour", "environment:neighbour", "pull_request"],
        ownerId: idsLike,
        repositoryId: idsLike,
        workflowRef: namesLike,
        jobWorkflowRef: namesLike,
      },
      (job) => {
        const now: Record<string, string | undefined> = {
          repo: `${job.owner}${mark(ownerInSub, job.ownerId)}/${job.name}${mark(idInSub, job.repositoryId)}`,
          repository_owner: job.owner,
          repository_id: job.repositoryId,
          repository_owner_id: job.ownerId,
          workflow_ref: job.workflowRef,
          job_workflow_ref: job.jobWorkflowRef,
        };
        const texts = segments.map(({ key, text }) =>
          now[key] !== undefined ? `${key}:${now[key]}` : CONTEXTS.includes(key) ? job.context : text,
        );
        return {
          ...now,
          sub: texts.join(":"),
          repository: `${job.owner}/${job.name}`,
          ref: /^ref:(.*)/s.exec(job.context ?? "")?.[1] ?? claims.ref,
          environment: /^environment:(.*)/s.exec(job.context ?? "")?.[1] ?? "",
        };
      },
    );
  },
};

/** Where a job runs: for which ref, or pattern of refs, and in which environment. */
interface Place {
  ref?: string;
  environment?: string;
}

const PULL_REQUESTS = "refs/pull/*";

function placeOf(subject: GithubActionsSubject, where: string): Place {
  const given = REFS.filter((ref) => subject[ref] !== undefined && subject[ref] !== false);
  if (given.length > 1) {
    const what = `${given.join(" and ")} are mutually exclusive: a job runs for one of them`;
    throw subjectInvalid(what, where, `give one of ${REFS.join(", ")}`);
  }
  const { branch, tag, environment, pullRequest } = subject;
  if (branch !== undefined) {
    checkPattern(branch, `${where}.branch`, REF_PATTERN, "give the branch's name alone, such as main or release/*");
  }
  if (tag !== undefined) {
    checkPattern(tag, `${where}.tag`, REF_PATTERN, "give the tag's name alone, such as v1 or v*");
  }
  if (environment !== undefined) {
    checkLiteral(environment, `${where}.environment`, /^[^\r\n]+$/, "give the environment's name");
  }
  if (branch !== undefined) {
    return { ref: `refs/heads/${branch}`, environment };
  }
  if (tag !== undefined) {
    return { ref: `refs/tags/${tag}`, environment };
  }
  return { ref: pullRequest ? PULL_REQUESTS : undefined, environment };
}

function refRule({ ref }: Place): Rules {
  return ref === undefined ? {} : { ref };
}

/** The part of the subject behind the repository. An environment takes the place of the branch in it. */
function contextOf({ ref, environment }: Place, any: string): string {
  if (environment !== undefined) {
    return `environment:${inSubject(environment)}`;
  }
  return ref === undefined ? any : ref === PULL_REQUESTS ? "pull_request" : `ref:${ref}`;
}

/** Colons part the subject, so GitHub writes those of values in another way. */
function inSubject(value: string): string {
  return value.replaceAll(":", "%3A");
}

/** The same by claims, for subjects that need not hold it. */
function placeRules({ ref, environment }: Place, decision: Decision): Rules {
  return {
    ...(environment !== undefined && { environment }),
    ...refRule({ ref: ref ?? (decision === "allow" ? NO_PULL_REQUEST : undefined) }),
  };
}

function workflowsOf({ workflowRef, jobWorkflowRef }: GithubActionsSubject, where: string): Rules {
  const rules: Rules = {};
  for (const [field, claim, value] of [
    ["workflowRef", "workflow_ref", workflowRef],
    ["jobWorkflowRef", "job_workflow_ref", jobWorkflowRef],
  ] as const) {
    if (value !== undefined) {
      const fix = "give OWNER/REPOSITORY/.github/workflows/FILE@REF";
      checkPattern(value, `${where}.${field}`, /^[^/\s]+\/[^/\s]+\/\S+$/, fix);
      rules[claim] = value;
    }
  }
  return rules;
}

/** A subject made of the claims that the repository or its organization chose. */
function subjectOf(
  keys: readonly string[],
  subject: GithubActionsSubject & { repo: string; owner: string },
  place: Place,
  where: string,
): string {
  const values: Record<string, string | undefined> = {
    repo: subject.repo,
    repository_owner: subject.owner,
    repository_id: subject.repositoryId,
    repository_owner_id: subject.ownerId,
    ref: place.ref,
    environment: place.environment,
    workflow_ref: subject.workflowRef,
    job_workflow_ref: subject.jobWorkflowRef,
  };
  if (keys.length === 0) {
    throw subjectInvalid("a subject is made of at least one claim", where, "leave it out for GitHub's own subject");
  }
  return keys
    .map((key) => {
      checkLiteral(key, where, CLAIM_KEY, "give the list that GitHub's REST API has, with `repo` for the repository");
      return key === "context" ? contextOf(place, "*") : `${key}:${inSubject(values[key] ?? "*")}`;
    })
    .join(":");
}

const CONTEXTS = ["ref", "environment", "pull_request"];

/** The claims that a subject is made of: `KEY:VALUE` each, and `pull_request` alone. Colons of values are written `%3A`. */
function segmentsOf(sub: string): { key: string; value?: string; text: string }[] {
  return [...sub.matchAll(/(?:^|:)(?:(pull_request)(?=:|$)|([^:]*):([^:]*))/g)].map(([, alone, key = "", value]) =>
    alone === undefined ? { key, value, text: `${key}:${value}` } : { key: alone, text: alone },
  );
}
