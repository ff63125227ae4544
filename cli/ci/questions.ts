import { OidcRunnerError } from "../../trust";

/** A remote of git, such as `git@github.com:acme/app.git`: host `github.com`, path `acme/app`. */
export interface Remote {
  host: string;
  path: string;
}

/** A fact that a trust and its pipeline need. */
export interface Question {
  /** Its field in the typed subject, in the trust's block, or in both. */
  field: string;
  of: readonly ("subject" | "trust")[];
  /** What it is. */
  text: string;
  /** Whether it can be left out. Default: it is needed. */
  optional?: true;
  /** What the remote says. Default: nothing. */
  fromRemote?(remote: Remote): string | undefined;
}

/** What is asked for one CI system, besides the organization of Pulumi, the branch and the access token. */
export interface SystemQuestions {
  questions: readonly Question[];
  /** Fields of the subject that say for which branch, and in which deployment environment. Default: its runs have none. */
  place?(branch: string, environment: string | undefined): Record<string, string | undefined>;
  /** Whether its pipelines name a deployment environment. Default: false. */
  environments?: true;
}

const SUBJECT = ["subject"] as const;
const BOTH = ["subject", "trust"] as const;

const on =
  (host: string, part: (path: string) => string | undefined = (path) => path) =>
  (remote: Remote) =>
    remote.host === host ? part(remote.path) : undefined;
/** `ORGANIZATION/PROJECT/_git/REPOSITORY`, over ssh `v3/ORGANIZATION/PROJECT/REPOSITORY`. */
const azure = (index: number) => (remote: Remote) =>
  /^(ssh\.)?dev\.azure\.com$/.test(remote.host)
    ? decodeURIComponent(remote.path.replace(/^v3\//, "").split("/")[index] ?? "")
    : undefined;

const organizationId = (of: Question["of"], text: string): Question => ({ field: "organizationId", of, text });

/** By the key of the issuer's record. */
export const SYSTEMS: Readonly<Record<string, SystemQuestions>> = {
  githubActions: {
    questions: [
      { field: "repository", of: SUBJECT, text: "repository, OWNER/REPOSITORY", fromRemote: on("github.com") },
      {
        field: "repositoryId",
        of: SUBJECT,
        text: "number of the repository: gh api repos/OWNER/REPOSITORY --jq .id",
        optional: true,
      },
      {
        field: "ownerId",
        of: SUBJECT,
        text: "number of its owner: gh api repos/OWNER/REPOSITORY --jq .owner.id",
        optional: true,
      },
    ],
    place: (branch, environment) => ({ branch, environment }),
    environments: true,
  },
  gitlab: {
    questions: [
      { field: "project", of: SUBJECT, text: "project, GROUP/PROJECT", fromRemote: ({ path }) => path },
      { field: "projectId", of: SUBJECT, text: "number of the project", optional: true },
      { field: "namespaceId", of: SUBJECT, text: "number of its group or user", optional: true },
      {
        field: "issuerUrl",
        of: ["trust"],
        text: "address of a GitLab of one's own",
        optional: true,
        fromRemote: ({ host }) => (/^gitlab\.(?!com$)/.test(host) ? `https://${host}` : undefined),
      },
    ],
    place: (ref, environment) => ({ ref, environment }),
    environments: true,
  },
  circleci: {
    questions: [
      organizationId(BOTH, "UUID of CircleCI's organization: Organization Settings > Overview"),
      { field: "projectId", of: SUBJECT, text: "UUID of the project: Project Settings > Overview" },
      {
        field: "vcsOrigin",
        of: SUBJECT,
        text: "repository, HOST/OWNER/REPOSITORY",
        fromRemote: ({ host, path }) => `${host}/${path}`,
      },
    ],
    place: (branch) => ({ vcsRef: `refs/heads/${branch}` }),
  },
  buildkite: {
    questions: [
      { field: "organization", of: SUBJECT, text: "slug of Buildkite's organization" },
      organizationId(SUBJECT, "UUID of Buildkite's organization"),
      { field: "pipeline", of: SUBJECT, text: "slug of the pipeline" },
      { field: "pipelineId", of: SUBJECT, text: "UUID of the pipeline" },
    ],
    place: (branch) => ({ branch }),
  },
  bitbucket: {
    questions: [
      {
        field: "workspace",
        of: ["trust"],
        text: "workspace, as addresses have it",
        fromRemote: on("bitbucket.org", (path) => path.split("/")[0]),
      },
      {
        field: "repositoryUuid",
        of: SUBJECT,
        text: "UUID of the repository in braces: Repository settings > OpenID Connect",
      },
      { field: "workspaceUuid", of: SUBJECT, text: "UUID of the workspace in braces", optional: true },
      { field: "environmentUuid", of: SUBJECT, text: "UUID of the deployment environment in braces", optional: true },
    ],
    place: (branch) => ({ branch }),
    environments: true,
  },
  azureDevops: {
    questions: [
      { field: "organization", of: SUBJECT, text: "organization of Azure DevOps", fromRemote: azure(0) },
      organizationId(BOTH, "UUID of Azure DevOps' organization"),
      { field: "project", of: SUBJECT, text: "project", fromRemote: azure(1) },
      { field: "projectId", of: SUBJECT, text: "UUID of the project: System.TeamProjectId in a pipeline" },
      { field: "definitionId", of: SUBJECT, text: "number of the pipeline: definitionId in its address" },
    ],
    place: (branch) => ({ branch }),
  },
  terraformCloud: {
    questions: [
      { field: "organization", of: SUBJECT, text: "organization of HCP Terraform" },
      organizationId(SUBJECT, "id of HCP Terraform's organization, org-…"),
      { field: "project", of: SUBJECT, text: "project" },
      { field: "workspace", of: SUBJECT, text: "workspace" },
      { field: "workspaceId", of: SUBJECT, text: "id of the workspace, ws-…" },
    ],
  },
};

/**
 * What is asked for a system.
 *
 * @throws OidcRunnerError `INPUT_INVALID`
 */
export function questionsOf(system: string): SystemQuestions {
  const asked = Object.hasOwn(SYSTEMS, system) ? SYSTEMS[system] : undefined;
  if (asked === undefined) {
    const fix = `use one of ${Object.keys(SYSTEMS).join(", ")}`;
    throw new OidcRunnerError("INPUT_INVALID", `there is no CI system "${system}"`, { where: "SYSTEM", fix });
  }
  return asked;
}

/** A field's name on the command line: `repositoryId` is `--repository-id`. The bare organization is Pulumi's. */
export function flagOf(field: string): string {
  return kebab(/^organization/.test(field) ? `ci-${field}` : field);
}

/** The name that commander gives its value. */
export function optionOf(field: string): string {
  return flagOf(field).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `repository-id` for `repositoryId`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Every field that is asked for, with the texts of all systems that have it. */
export const FIELDS: readonly { flag: string; text: string }[] = Object.entries(
  Object.values(SYSTEMS)
    .flatMap(({ questions }) => questions)
    .reduce<Record<string, string[]>>((all, { field, text }) => {
      all[flagOf(field)] = [...new Set([...(all[flagOf(field)] ?? []), text])];
      return all;
    }, {}),
).map(([flag, texts]) => ({ flag, text: texts.join("; or ") }));
