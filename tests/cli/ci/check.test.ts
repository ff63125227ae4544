import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CheckedJob, type CiCheckOptions, check } from "../../../cli/ci/check";
import { JOB_READERS } from "../../../cli/ci/jobs";
import type { PolicyDefinition } from "../../../trust/policy";
import { ANSWERS, make, UUID } from "./answers";

/** What users answer about jobs without a deployment environment. */
const answersOf = (system: string) => {
  const { environment: _, ...answers } = ANSWERS[system] ?? {};
  return answers;
};

describe("oidc-runner ci check", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-ci-check-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  /** Holds a pipeline against the policy that `ci init` makes for the answers. */
  async function checked(
    system: string,
    pipeline: string,
    options: Partial<CiCheckOptions> = {},
    change = (definitions: PolicyDefinition[]): PolicyDefinition[] => definitions,
  ): Promise<CheckedJob[]> {
    const { definitions } = await make(system, { environment: undefined });
    const [policy, file] = [join(directory, "policy.json"), join(directory, "pipeline.yml")];
    writeFileSync(policy, JSON.stringify({ policies: change(definitions) }));
    writeFileSync(file, pipeline);
    const given = {
      policy,
      file,
      branch: "main",
      tokenType: "organization",
      ...answersOf(system),
      ...options,
    } as const;
    return check(system, given, { root: dirname(file) });
  }
  const generated = async (system: string) =>
    (await make(system, { environment: undefined })).files[0]?.text ?? assert.fail("no pipeline");
  const refused = (jobs: CheckedJob[]) => jobs.filter(({ decision }) => decision === "deny");

  for (const system of Object.keys(JOB_READERS)) {
    describe(system, () => {
      it("admits the job of the pipeline that ci init makes, whatever the claims' rules", async () => {
        const jobs = await checked(system, await generated(system));
        assert.equal(jobs.length, 1);
        assert.deepEqual(jobs[0], { ...jobs[0], decision: "allow", reasons: [], notChecked: [] });
      });

      it("refuses it for another branch, and says which claim", async () => {
        const text = (await generated(system)).replace(/\bmain\b/g, "feature");
        const jobs = await checked(system, text);
        assert.equal(refused(jobs).length, 1);
        assert.match(jobs[0]?.reasons.join() ?? "", /main/);
        assert.match(jobs[0]?.reasons.join() ?? "", /feature/);
      });

      it("finds nothing in a pipeline that asks for no token", async () => {
        assert.deepEqual(await checked(system, "name: Other\njobs: {}\n"), []);
      });
    });
  }

  const WORKFLOW = `
on:
  push: { branches: [main, 'release/**'], tags: [v1] }
  pull_request:
  schedule: [{ cron: "0 0 * * *" }]
permissions: { id-token: write }
jobs:
  deploy:
    environment: production
    steps:
      - uses: pulumi/auth-actions@v1
        with: { organization: acme }
  test:
    steps: [{ run: make test }]
  preview:
    permissions: { contents: read }
    steps:
      - run: curl "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=urn%3Apulumi%3Aorg%3Aother"
`;

  it("reads each start of each job of a workflow", async () => {
    const jobs = await checked("githubActions", WORKFLOW);
    assert.deepEqual(
      jobs.map(({ job, event, decision }) => [job, event, decision]),
      ["deploy", "preview"].flatMap((job) =>
        ["push to main", "push to release/**", "push of the tag v1", "pull request", "schedule on main"].map(
          (event) => [job, event, "deny"],
        ),
      ),
    );
    assert.match(jobs[0]?.reasons[0] ?? "", /environment:production/);
    assert.match(jobs[5]?.reasons[0] ?? "", /no token: it lacks the permission id-token: write/);
  });

  it("admits by an environment what is refused by the branch, and the reverse", async () => {
    const onlyPush = WORKFLOW.replace(/ {2}pull_request:\n {2}schedule.*\n/, "").replace(
      ", 'release/**'], tags: [v1]",
      "]",
    );
    const inEnvironment = (definitions: PolicyDefinition[]) =>
      definitions.map((definition) => ({
        ...definition,
        rules: {
          ...definition.rules,
          sub: String(definition.rules?.sub).replace("ref:refs/heads/main", "environment:production"),
        },
      }));
    const [deploy] = await checked("githubActions", onlyPush, {}, inEnvironment);
    assert.equal(deploy?.decision, "allow");
    const [bare] = await checked(
      "githubActions",
      onlyPush.replace("    environment: production\n", ""),
      {},
      inEnvironment,
    );
    assert.equal(bare?.decision, "deny");
  });

  it("names the rules that it could not check, and checks them once they are known", async () => {
    const text = await generated("githubActions");
    const ids = { repositoryId: undefined, ownerId: undefined };
    const [job] = await checked("githubActions", text, ids);
    assert.deepEqual([job?.decision, job?.notChecked], ["allow", ["repository_id", "repository_owner_id"]]);
    const [other] = await checked("githubActions", text, { repositoryId: "124" });
    assert.equal(other?.decision, "deny");
    assert.match(other?.reasons.join() ?? "", /repository_id/);
  });

  it("counts a deny that matches, and names the claims of one that can't be checked", async () => {
    const text = await generated("gitlab");
    const denying = (rules: Record<string, string>) => (definitions: PolicyDefinition[]) => [
      ...definitions,
      { decision: "deny" as const, tokenType: "organization" as const, rules },
    ];
    const [denied] = await checked("gitlab", text, {}, denying({ sub: "project_path:acme/*" }));
    assert.equal(denied?.decision, "deny");
    assert.match(denied?.reasons.join() ?? "", /a deny wins/);
    const [unknown] = await checked("gitlab", text, {}, denying({ sub: "project_path:acme/*", user_login: "eve" }));
    assert.deepEqual([unknown?.decision, unknown?.notChecked], ["allow", ["user_login"]]);
    const [other] = await checked("gitlab", text, {}, denying({ sub: "project_path:other/*" }));
    assert.deepEqual([other?.decision, other?.notChecked], ["allow", []]);
  });

  it("knows the claims that a job of Buildkite has to ask for", async () => {
    const text = (await generated("buildkite")).replace(" --claim organization_id,pipeline_id", "");
    const [job] = await checked("buildkite", text);
    assert.equal(job?.decision, "deny");
    assert.match(job?.reasons.join() ?? "", /organization_id/);
  });

  it("sees what keeps a job from its token", async () => {
    const bitbucket = (await generated("bitbucket")).replace(/oidc:\n.*\n.*\n/, "size: 2x\n");
    assert.match((await checked("bitbucket", bitbucket))[0]?.reasons[0] ?? "", /lacks oidc/);
    const azure = (await generated("azureDevops")).replace("SYSTEM_ACCESSTOKEN: $(System", "OTHER: $(System");
    assert.match((await checked("azureDevops", azure))[0]?.reasons[0] ?? "", /does not map/);
  });

  it("refuses pull requests where the file does not turn them off", async () => {
    const jobs = await checked("azureDevops", (await generated("azureDevops")).replace("pr: none\n", ""));
    assert.deepEqual(
      jobs.map(({ event, decision }) => [event, decision]),
      [
        ["push to main", "allow"],
        ["pull request", "deny"],
      ],
    );
    assert.match(jobs[1]?.reasons.join() ?? "", /rpo_ref/);
  });

  it("reads rules, only and environments of GitLab", async () => {
    const job = (lines: string) =>
      `deploy:\n  script: [pulumi up]\n  id_tokens: { T: { aud: "urn:pulumi:org:acme" } }\n${lines}`;
    const events = async (lines: string) =>
      (await checked("gitlab", job(lines))).map(({ event, decision }) => [event, decision]);
    assert.deepEqual(await events(""), [["push to any branch", "deny"]]);
    assert.deepEqual(await events("  only: [main, tags, merge_requests]\n"), [
      ["push to main", "allow"],
      ["push of a tag", "deny"],
      ["merge request", "deny"],
    ]);
    assert.deepEqual(await events("  rules: [{ if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH }]\n"), [
      ["push to main, the default branch", "allow"],
    ]);
    assert.deepEqual(await events("  rules: [{ if: $CI_COMMIT_TAG, when: never }]\n  only: [main]\n"), [
      ["push to main", "allow"],
    ]);
  });

  it("says the wrong audience", async () => {
    const text = (await generated("gitlab")).replace("urn:pulumi:org:acme", "urn:pulumi:org:acme2");
    const [job] = await checked("gitlab", text);
    assert.equal(job?.decision, "deny");
    assert.match(job?.reasons.join() ?? "", /aud/);
  });

  it("refuses what it can't read, and HCP Terraform, which has no file", async () => {
    const code = (code: string, text: RegExp) => (error: Error) => {
      assert.equal((error as { code?: string }).code, code);
      assert.match(error.message, text);
      return true;
    };
    await assert.rejects(checked("gitlab", "a: [b"), code("INPUT_INVALID", /is not YAML/));
    await assert.rejects(checked("gitlab", "", { file: "/nowhere.yml" }), code("INPUT_INVALID", /there is no/));
    await assert.rejects(checked("terraformCloud", ""), code("INPUT_INVALID", /has no pipeline's file/));
    await assert.rejects(checked("constructor", ""), code("INPUT_INVALID", /no CI system/));
    await assert.rejects(checked("circleci", "", { projectId: undefined }), code("OPTION_MISSING", /--project-id/));
    await assert.rejects(
      checked("circleci", await generated("circleci"), { projectId: UUID.slice(1) }),
      code("SUBJECT_INVALID", /./),
    );
  });
});
