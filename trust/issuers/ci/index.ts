import { azureDevops } from "./azure-devops";
import { bitbucket } from "./bitbucket";
import { buildkite } from "./buildkite";
import { circleci } from "./circleci";
import { githubActions } from "./github-actions";
import { gitlab } from "./gitlab";
import { terraformCloud } from "./terraform-cloud";

/** The issuers of CI systems. */
export const CI_ISSUERS = [githubActions, gitlab, circleci, buildkite, bitbucket, azureDevops, terraformCloud] as const;

export { githubActions };
