import { azureDevopsJobs } from "./azure-devops";
import { bitbucketJobs } from "./bitbucket";
import { buildkiteJobs } from "./buildkite";
import { circleciJobs } from "./circleci";
import { githubActionsJobs } from "./github-actions";
import { gitlabJobs } from "./gitlab";
import type { JobReader } from "./job";

export type { Facts, FoundJob, JobReader } from "./job";

/** By the key of the issuer's record; HCP Terraform has no pipeline's file. */
export const JOB_READERS: Readonly<Record<string, JobReader>> = {
  githubActions: githubActionsJobs,
  gitlab: gitlabJobs,
  circleci: circleciJobs,
  buildkite: buildkiteJobs,
  bitbucket: bitbucketJobs,
  azureDevops: azureDevopsJobs,
};
