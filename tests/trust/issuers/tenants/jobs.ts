import fc from "fast-check";
import type { Claims } from "../../../../trust/claims/claims";

/** What a job is made of: names, ids and places. */
export type Facts = Record<string, string>;

/** Whether the typed subject says a fact that it could leave out. */
export type Has = (field: string) => boolean;

/** What a CI system's issuer writes, by its documentation alone (the sources are those of its record). */
export interface System {
  facts: Record<string, fc.Arbitrary<string>>;
  /** A job to begin with, where random ones seldom show what a rule is for. */
  example?: Facts;
  /** Fields of the typed subject that can be left out; `ids` stands for several. */
  optional: readonly string[];
  issuerUrl(facts: Facts): string;
  audience?: string;
  subject(facts: Facts, has: Has): object;
  /** The tokens that it may sign for a job that the subject is about. */
  tokens(facts: Facts, has: Has): Claims[];
  /** Facts that name the tenant, what ends the name in a subject, and the ids that another tenant has besides. */
  tenants: readonly { fact: string; end: string; ids: readonly string[] }[];
  /** Facts that are another's when they alone differ, and the field that says them where it can be left out. */
  alone: Readonly<Record<string, string | undefined>>;
  /** Tokens for the change of a stranger, or of something else that looks like the job. Default: the tenant's name tells. */
  foreign?(facts: Facts, has: Has): Claims[];
  /** Whether the subject repeats ids that are claims too. */
  repeatsIds?: true;
  /** Rules that say where a job of the tenant runs: without them, other jobs of the tenant are admitted. */
  places: readonly string[];
}

const SPECIAL = [".", "*", "?", ":", "/", "@", "%3A", " ", "'", "\\", "\u0430", "\u0130", "\u212a", "\u0301", "\uff0a"];

const plain = fc.stringMatching(/^[A-Za-z][a-z0-9]{0,4}(-[a-z0-9]{1,3})?$/);
const odd = fc.tuple(plain, fc.constantFrom(...SPECIAL), plain).map((parts) => parts.join(""));
const dotted = fc.tuple(plain, plain).map((parts) => parts.join("."));
const oneOf = (...[usual, ...others]: [fc.Arbitrary<string>, ...fc.Arbitrary<string>[]]) =>
  fc.oneof({ weight: 12, arbitrary: usual }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));

/** A name, as users choose them. */
const name = oneOf(plain, dotted, odd);
/** A branch or tag, or a pattern of them. */
const ref = fc.oneof(
  plain,
  dotted,
  odd,
  fc.tuple(plain, fc.constantFrom("/", "/*", "*", "?"), plain).map((p) => p.join("")),
);
const number = oneOf(fc.nat({ max: 9999 }).map(String), odd);
const uuid = oneOf(fc.uuid(), odd);

/** A ref that a pattern of refs takes. */
const some = (pattern: string) => pattern.replace(/[*?]/g, "x");
const given = (facts: Facts, has: Has, ...fields: string[]) =>
  Object.fromEntries(fields.filter(has).map((field) => [field, facts[field]]));

/** Owner and repository as GitHub has them in a subject: with names, or with names and ids. */
const repositories = ({ owner, name, ownerId, repositoryId }: Facts, has: Has) => [
  `${owner}/${name}`,
  ...(has("ids") ? [`${owner}@${ownerId}/${name}@${repositoryId}`] : []),
];

function githubTokens(facts: Facts, has: Has, place: string): Claims[] {
  const { owner, name, workflowOwner, workflow, environment = "" } = facts;
  const path = `${workflowOwner}/${some(workflow ?? "")}`;
  const claims: Facts = {
    ...{ repository: `${owner}/${name}`, repository_owner: `${owner}`, repository_id: `${facts.repositoryId}` },
    ...{
      repository_owner_id: `${facts.ownerId}`,
      ref: place,
      actor: "ada",
      workflow_ref: path,
      job_workflow_ref: path,
    },
    ...(has("environment") && { environment }),
  };
  // Colons of values are written %3A in subjects.
  const text = (value = "") => value.replaceAll(":", "%3A");
  const runs = place.startsWith("refs/pull/") ? "pull_request" : `ref:${place}`;
  const context = has("environment") ? `environment:${text(environment)}` : runs;
  const keys = has("includeClaimKeys") ? (facts.keys ?? "").split(",") : ["repo", "context"];
  return repositories(facts, has).map((repo) => ({
    iss: "https://token.actions.githubusercontent.com",
    ...claims,
    sub: keys
      .map((key) => (key === "context" ? context : `${key}:${text(key === "repo" ? repo : claims[key])}`))
      .join(":"),
  }));
}

const githubPlace = ({ branch, tag }: Facts, has: Has) =>
  has("branch")
    ? `refs/heads/${some(branch ?? "")}`
    : has("tag")
      ? `refs/tags/${some(tag ?? "")}`
      : has("pullRequest")
        ? "refs/pull/7/merge"
        : "refs/heads/main";

const KEYS = [
  "repo",
  "context",
  "repository_owner",
  "repository_id",
  "repository_owner_id",
  "actor",
  "job_workflow_ref",
];

export const SYSTEMS: Readonly<Record<string, System>> = {
  githubActions: {
    facts: {
      ...{ owner: name, name, ownerId: number, repositoryId: number, branch: ref, tag: ref, environment: name },
      keys: fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 4 }).map(String),
      workflowOwner: plain,
      workflow: ref.map((file) => `ci/.github/workflows/${file}.yml@refs/heads/main`),
    },
    // A subject that says nothing of the repository.
    example: {
      ...{
        owner: "acme",
        name: "app",
        ownerId: "1",
        repositoryId: "2",
        branch: "main",
        tag: "v1",
        environment: "prod",
      },
      ...{ keys: "context", workflowOwner: "octo", workflow: "ci/.github/workflows/up.yml@refs/heads/main" },
    },
    optional: [
      ...["branch", "tag", "environment", "pullRequest", "ids", "workflowRef", "jobWorkflowRef", "includeClaimKeys"],
    ],
    issuerUrl: () => "https://token.actions.githubusercontent.com",
    subject: (facts, has) => ({
      repository: `${facts.owner}/${facts.name}`,
      ...given(facts, has, "branch", "tag", "environment"),
      ...(has("ids") && { ownerId: facts.ownerId, repositoryId: facts.repositoryId }),
      ...(has("pullRequest") && { pullRequest: true }),
      ...(has("workflowRef") && { workflowRef: `${facts.workflowOwner}/${facts.workflow}` }),
      ...(has("jobWorkflowRef") && { jobWorkflowRef: `${facts.workflowOwner}/${facts.workflow}` }),
      ...(has("includeClaimKeys") && { includeClaimKeys: facts.keys?.split(",") }),
    }),
    tokens: (facts, has) => githubTokens(facts, has, githubPlace(facts, has)),
    tenants: [{ fact: "owner", end: "/", ids: ["ownerId", "repositoryId"] }],
    alone: { ownerId: "ids", repositoryId: "ids", workflowOwner: "workflowRef" },
    foreign: (facts, has) => [
      // The pull request of a fork runs in the repository; anybody may call a reusable workflow.
      ...(has("pullRequest") ? [] : githubTokens(facts, has, "refs/pull/7/merge")),
      ...(has("jobWorkflowRef")
        ? githubTokens({ ...facts, workflowOwner: "stranger" }, has, githubPlace(facts, has))
        : []),
    ],
    places: ["environment"],
  },

  gitlab: {
    facts: {
      ...{ group: name, name, projectId: number, namespaceId: number, ref, environment: name },
      refType: fc.constantFrom("branch", "tag"),
    },
    optional: ["projectId", "namespaceId", "ref", "refType", "refProtected", "environment"],
    issuerUrl: () => "https://gitlab.com",
    subject: (facts, has) => ({
      project: `${facts.group}/${facts.name}`,
      ...given(facts, has, "projectId", "namespaceId", "ref", "refType", "environment"),
      ...(has("refProtected") && { refProtected: true }),
    }),
    tokens: (facts, has) => {
      const { group, name, projectId, namespaceId, ref = "", environment } = facts;
      const type = has("refType") ? facts.refType : "branch";
      return [
        {
          iss: "https://gitlab.com",
          sub: `project_path:${group}/${name}:ref_type:${type}:ref:${some(ref)}`,
          ...{ project_id: projectId, namespace_id: namespaceId, ref_protected: "true", environment },
        },
      ];
    },
    tenants: [{ fact: "group", end: "/", ids: ["projectId", "namespaceId"] }],
    alone: { projectId: "projectId", namespaceId: "namespaceId" },
    places: ["environment", "ref_protected"],
  },

  circleci: {
    facts: {
      organizationId: uuid,
      projectId: uuid,
      owner: name,
      name,
      vcsRef: ref.map((text) => `refs/heads/${text}`),
    },
    optional: ["vcsRef"],
    issuerUrl: ({ organizationId }) => `https://oidc.circleci.com/org/${organizationId}`,
    subject: (facts, has) => ({
      ...{ organizationId: facts.organizationId, projectId: facts.projectId },
      vcsOrigin: `gitlab.com/${facts.owner}/${facts.name}`,
      ...given(facts, has, "vcsRef"),
    }),
    tokens: ({ organizationId, projectId, owner, name, vcsRef = "" }) => {
      const [origin, place] = [`gitlab.com/${owner}/${name}`, some(vcsRef)];
      const sub = `org/${organizationId}/project/${projectId}/user/1`;
      return [sub, `${sub}/vcs-origin/${origin}/vcs-ref/${place}`].map((text) => ({
        ...{ iss: `https://oidc.circleci.com/org/${organizationId}`, sub: text },
        ...{ "oidc.circleci.com/project-id": projectId, "oidc.circleci.com/vcs-origin": origin },
        "oidc.circleci.com/vcs-ref": place,
      }));
    },
    // The project's ids stay those of the project that runs the fork's change.
    tenants: [{ fact: "owner", end: "/", ids: [] }],
    alone: { organizationId: undefined, projectId: undefined },
    repeatsIds: true,
    places: ["oidc.circleci.com/vcs-ref"],
  },

  buildkite: {
    facts: { organization: name, organizationId: uuid, pipeline: name, pipelineId: uuid, branch: ref, tag: ref },
    optional: ["branch", "tag"],
    issuerUrl: () => "https://agent.buildkite.com",
    subject: (facts, has) => ({
      ...given(facts, (field) => !["branch", "tag"].includes(field), ...Object.keys(facts)),
      ...given(facts, has, "branch", "tag"),
    }),
    tokens: (facts, has) => [
      buildkiteToken(
        facts,
        has("tag") ? `refs/tags/${some(facts.tag ?? "")}` : `refs/heads/${some(facts.branch ?? "")}`,
      ),
    ],
    tenants: [{ fact: "organization", end: ":", ids: ["organizationId", "pipelineId"] }],
    alone: { organizationId: undefined, pipelineId: undefined },
    foreign: (facts, has) =>
      // The branch of a fork is named after its owner.
      has("branch") && facts.branch?.includes("*")
        ? []
        : [buildkiteToken(facts, `refs/heads/strange-owner:${facts.branch}`)],
    places: [],
  },

  bitbucket: {
    facts: {
      ...{ repositoryUuid: oneOf(uuid.map(braced), odd), workspaceUuid: oneOf(uuid.map(braced), odd) },
      ...{ environmentUuid: oneOf(uuid.map(braced), odd), branch: ref },
    },
    optional: ["workspaceUuid", "environmentUuid", "branch"],
    issuerUrl: () => "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
    subject: (facts, has) => ({
      repositoryUuid: facts.repositoryUuid,
      ...given(facts, has, "workspaceUuid", "environmentUuid", "branch"),
    }),
    tokens: (facts, has) => {
      const { repositoryUuid, workspaceUuid, environmentUuid, branch = "" } = facts;
      const parts = [repositoryUuid, ...(has("environmentUuid") ? [environmentUuid] : []), "{step}"];
      return [
        {
          iss: "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
          ...{ sub: parts.join(":"), repositoryUuid, workspaceUuid, branchName: some(branch) },
          ...(has("environmentUuid") && { deploymentEnvironmentUuid: environmentUuid }),
        },
      ];
    },
    tenants: [],
    alone: { repositoryUuid: undefined, workspaceUuid: "workspaceUuid", environmentUuid: "environmentUuid" },
    repeatsIds: true,
    places: ["branchName"],
  },

  azureDevops: {
    facts: {
      ...{ organization: name, organizationId: uuid, project: name, projectId: uuid, definitionId: number },
      ...{ branch: ref, tag: ref },
    },
    optional: ["branch", "tag"],
    issuerUrl: ({ organizationId }) => `https://vstoken.dev.azure.com/${organizationId}`,
    audience: "api://AzureADTokenExchange",
    subject: (facts, has) => ({
      ...given(facts, (field) => !["branch", "tag"].includes(field), ...Object.keys(facts)),
      ...given(facts, has, "branch", "tag"),
    }),
    tokens: (facts, has) => [azureToken(facts, has, "p")],
    tenants: [
      { fact: "organization", end: "/", ids: ["organizationId", "projectId"] },
      { fact: "project", end: "/", ids: ["projectId"] },
    ],
    alone: { organizationId: undefined, projectId: undefined, definitionId: undefined },
    foreign: (facts, has) => [
      { ...azureToken(facts, has, "p"), rpo_ref: "refs/pull/7/merge" },
      azureToken(facts, has, "sc"),
    ],
    places: [],
  },

  terraformCloud: {
    facts: {
      ...{ organization: name, project: name, workspace: name, runPhase: fc.constantFrom("plan", "apply") },
      ...{ organizationId: plain.map((text) => `org-${text.replace("-", "")}`) },
      workspaceId: oneOf(
        plain.map((text) => `ws-${text.replace("-", "")}`),
        odd,
      ),
    },
    optional: ["runPhase"],
    issuerUrl: () => "https://app.terraform.io",
    subject: (facts, has) => ({
      ...given(facts, (field) => field !== "runPhase", ...Object.keys(facts)),
      ...given(facts, has, "runPhase"),
    }),
    tokens: (facts, has) => [terraformToken(facts, has("runPhase") ? facts.runPhase : "apply")],
    tenants: [{ fact: "organization", end: ":", ids: ["organizationId", "workspaceId"] }],
    alone: { organizationId: undefined, workspaceId: undefined },
    // Plans run for the pull requests of forks.
    foreign: (facts, has) => (has("runPhase") && facts.runPhase === "plan" ? [] : [terraformToken(facts, "plan")]),
    places: [],
  },
};

function braced(id: string): string {
  return `{${id}}`;
}

function buildkiteToken({ organization, organizationId, pipeline, pipelineId }: Facts, place: string): Claims {
  return {
    iss: "https://agent.buildkite.com",
    sub: `organization:${organization}:pipeline:${pipeline}:ref:${place}:commit:1f:step:deploy`,
    ...{ organization_id: organizationId, pipeline_id: pipelineId },
  };
}

function azureToken(facts: Facts, has: Has, kind: "p" | "sc"): Claims {
  const { organization, organizationId, project, projectId, definitionId, branch = "", tag = "" } = facts;
  return {
    iss: `https://vstoken.dev.azure.com/${organizationId}`,
    sub: `${kind}://${organization}/${project}/deploy`,
    ...{ org_id: organizationId, prj_id: projectId, def_id: definitionId },
    rpo_ref: has("tag") ? `refs/tags/${some(tag)}` : `refs/heads/${some(branch)}`,
  };
}

function terraformToken(facts: Facts, phase: string | undefined): Claims {
  const { organization, organizationId, project, workspace, workspaceId } = facts;
  return {
    iss: "https://app.terraform.io",
    sub: `organization:${organization}:project:${project}:workspace:${workspace}:run_phase:${phase}`,
    ...{ terraform_organization_id: organizationId, terraform_workspace_id: workspaceId },
  };
}
