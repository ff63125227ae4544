import { claimValues } from "../../claims";
import type { Rules } from "../../policy";
import { checkLiteral, checkPattern, REF_PATTERN } from "../literal";
import { namesLike, neighboursOf } from "../near-misses";
import { PULUMI_IMAGE } from "../pipeline";
import { each, type IssuerRecord, REGISTERED } from "../record";

/** A workspace of Bitbucket Cloud. Each has an issuer of its own, which answers after the first step with a token. */
export interface BitbucketWorkspace {
  /** Name of the workspace, as addresses have it. */
  workspace: string;
}

/**
 * A repository of Bitbucket Cloud: its tokens' `sub` is `{REPOSITORY}:{STEP}`, that of a step with a deployment
 * `{REPOSITORY}:{ENVIRONMENT}:{STEP}`. UUIDs are in braces; Repository settings > OpenID Connect shows them.
 */
export interface BitbucketSubject {
  /** UUID of the repository, in braces. */
  repositoryUuid: string;
  /** UUID of the workspace, in braces, in addition: a workspace's name can become another's. */
  workspaceUuid?: string;
  /** UUID of the deployment environment of the step, in braces. Default: any, and none. */
  environmentUuid?: string;
  /** Branch, such as `main`, or a pattern; that of a pull request is the one it comes from. Default: any. */
  branch?: string;
}

const BRACED = /^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/;
const FIX = "give the UUID with its braces, as Repository settings > OpenID Connect shows it";

/** Ids in braces that begin or end alike. */
const bracedLike = (id: string): string[] => [id.replace("}", "0}"), id.replace("{", "{1")];

/**
 * Bitbucket Pipelines (Bitbucket Cloud documentation, "Integrate Pipelines with resource servers using OIDC"; claims as
 * gravitational/teleport has them at 2931ecb6, lib/bitbucket/token_validator_test.go, and 5448606d, lib/bitbucket/bitbucket.go).
 */
export const bitbucket: IssuerRecord<"bitbucket", BitbucketSubject, BitbucketWorkspace> = {
  key: "bitbucket",
  name: "Bitbucket Pipelines",
  urls: [],
  signs: (url) =>
    /^https:\/\/api\.bitbucket\.org\/2\.0\/workspaces\/[^/]+\/pipelines-config\/identity\/oidc$/.test(url),
  issuerUrl({ workspace }, where) {
    checkLiteral(
      workspace,
      `${where}.workspace`,
      /^[A-Za-z0-9_-]+$/,
      "give the workspace's name, as addresses have it",
    );
    return `https://api.bitbucket.org/2.0/workspaces/${workspace}/pipelines-config/identity/oidc`;
  },
  multiTenant: false,
  subjects: [{ start: "{", end: "}" }],
  claims: {
    ...REGISTERED,
    repositoryUuid: { is: "id", identifies: "subject", tenantEnd: "" },
    workspaceUuid: { is: "id", identifies: "tenant", tenantEnd: "" },
    ...each("id", "deploymentEnvironmentUuid", "pipelineUuid", "stepUuid"),
    ...each("verified", "branchName", "compliant"),
  },
  suggested: ["repositoryUuid", "workspaceUuid", "deploymentEnvironmentUuid", "branchName"],
  audience: { rule: "what the step lists as audiences, by default ari:cloud:bitbucket::workspace/WORKSPACE_UUID" },
  getToken: "oidc: { audiences: [AUDIENCE] } in the step puts it into the variable BITBUCKET_STEP_OIDC_TOKEN",
  // "Bitbucket Pipelines OIDC now supports multiple audiences" in Atlassian's blog. All of `script` runs in one shell.
  ci: {
    token: { variable: "BITBUCKET_STEP_OIDC_TOKEN" },
    file: "bitbucket-pipelines.yml",
    document: ({ audience, login, work, branch, environment }) => ({
      image: PULUMI_IMAGE,
      pipelines: {
        branches: {
          [branch]: [
            {
              step: {
                name: "Pulumi",
                ...(environment !== undefined && { deployment: environment }),
                oidc: { audiences: [audience] },
                script: [login, work],
              },
            },
          ],
        },
      },
    }),
  },

  /** The subject ends with the step's UUID, which is another each time; a deny goes by the repository alone. */
  rules({ repositoryUuid, workspaceUuid, environmentUuid, branch }, where, decision) {
    checkLiteral(repositoryUuid, `${where}.repositoryUuid`, BRACED, FIX);
    const rules: Rules = { repositoryUuid };
    if (environmentUuid !== undefined) {
      checkLiteral(environmentUuid, `${where}.environmentUuid`, BRACED, FIX);
      rules.deploymentEnvironmentUuid = environmentUuid;
    }
    if (branch !== undefined) {
      checkPattern(branch, `${where}.branch`, REF_PATTERN, "give the branch's name alone, such as main or release/*");
      rules.branchName = branch;
    }
    if (workspaceUuid !== undefined) {
      checkLiteral(workspaceUuid, `${where}.workspaceUuid`, BRACED, FIX);
    }
    const environment = environmentUuid === undefined ? "" : `${environmentUuid}:`;
    return decision === "deny"
      ? [rules]
      : [{ sub: `${repositoryUuid}:${environment}*`, ...(workspaceUuid !== undefined && { workspaceUuid }), ...rules }];
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const [, repository, environment, step] = /^(\{[^}]+\})(?::(\{[^}]+\}))?:(\{[^}]+\})$/.exec(sub) ?? [];
    const [workspace] = claimValues(claims, ["workspaceUuid"]);
    const [branch] = claimValues(claims, ["branchName"]);
    return neighboursOf(
      claims,
      open,
      repository === undefined ? undefined : { repository, environment, workspace, branch },
      { repository: bracedLike, environment: bracedLike, workspace: bracedLike, branch: namesLike },
      (job) => ({
        sub: [job.repository, job.environment, step].filter((part) => part !== undefined).join(":"),
        repositoryUuid: job.repository,
        deploymentEnvironmentUuid: job.environment,
        workspaceUuid: job.workspace,
        branchName: job.branch,
      }),
    );
  },
};
