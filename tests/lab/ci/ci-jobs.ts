import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { CiKey, Job } from "../../../lab/ci";
import type { Fixture } from "../pulumi-cloud/fixture";

/** How a step of a pipeline gets a token for an audience, as the system's documentation has it. */
export const TOKEN_OF: Record<CiKey, (job: Job, audience: string, fixture: Fixture) => Promise<string>> = {
  async githubActions({ environment }, audience, fixture) {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
    const headers = { Authorization: `bearer ${token}` };
    const answer = await fixture.request(`${url}&audience=${encodeURIComponent(audience)}`, "GET", undefined, headers);
    return answer.json.value;
  },
  async azureDevops({ environment }, _audience, fixture) {
    const { SYSTEM_OIDCREQUESTURI: url, SYSTEM_ACCESSTOKEN: token } = environment;
    const headers = { Authorization: `Bearer ${token}` };
    return (await fixture.request(`${url}?api-version=7.1`, "POST", undefined, headers)).json.oidcToken;
  },
  gitlab: async ({ environment }) => String(environment.PULUMI_ID_TOKEN),
  bitbucket: async ({ environment }) => String(environment.BITBUCKET_STEP_OIDC_TOKEN),
  terraformCloud: async ({ environment }) => String(environment.TFC_WORKLOAD_IDENTITY_TOKEN),
  circleci: (job, audience) =>
    run(job, "circleci", "run", "oidc", "get", "--claims", JSON.stringify({ aud: audience })),
  buildkite: (job, audience) =>
    run(
      job,
      ...["buildkite-agent", "oidc", "request-token", "--audience", audience],
      ...["--claim", "organization_id,pipeline_id"],
    ),
};

/** Runs a command in a job, and returns what it prints. */
export async function run({ environment, path }: Job, command: string, ...words: string[]): Promise<string> {
  const env = { ...environment, PATH: `${path}:/usr/bin:/bin` };
  // By a shell, so that the command is found as a step would find it.
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", '"$@"', "step", command, ...words], { env });
  return stdout.trim();
}
