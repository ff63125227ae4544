import { takeKnown } from "../../../cli/ci/ask";
import { type CiInitOptions, generate } from "../../../cli/ci/init";

export const UUID = "0ca3ddd9-f0b0-4635-a98c-5866526961b6";
const BRACED = `{${UUID}}`;
const NAMES = { ciOrganization: "acme", ciOrganizationId: UUID, pipeline: "app", pipelineId: UUID };

/** What users answer for every system. */
export const COMMON: CiInitOptions = {
  organization: "acme",
  branch: "main",
  tokenType: "organization",
  apiUrl: "https://api.pulumi.com",
  run: "pulumi whoami",
  directory: "trust",
};

/** What they answer besides, by system. */
export const ANSWERS: Record<string, Record<string, string>> = {
  githubActions: { repository: "acme/app", repositoryId: "123", ownerId: "45", environment: "production" },
  gitlab: { project: "acme/app", projectId: "123", environment: "production" },
  circleci: { ciOrganizationId: UUID, projectId: UUID, vcsOrigin: "github.com/acme/app" },
  buildkite: NAMES,
  bitbucket: { workspace: "acme", repositoryUuid: BRACED, workspaceUuid: BRACED, environment: "production" },
  azureDevops: { ...NAMES, project: "app", projectId: UUID, definitionId: "7" },
  terraformCloud: {
    ...{ ciOrganization: "acme", ciOrganizationId: "org-1a", project: "Default Project" },
    ...{ workspace: "app", workspaceId: "ws-1a" },
  },
};

/** What `ci init` makes of these answers, or others. */
export const make = (system: string, options: Partial<CiInitOptions> = {}, repository = {}) =>
  generate(system, { ...COMMON, ...ANSWERS[system], ...options }, { root: "/", ...repository }, takeKnown);

/** The files of it, by path. */
export const filesOf = async (system: string, options: Partial<CiInitOptions> = {}) =>
  Object.fromEntries((await make(system, options)).files.map(({ path, text }) => [path, text]));
