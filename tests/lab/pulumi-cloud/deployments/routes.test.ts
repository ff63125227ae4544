import assert from "node:assert/strict";
import type { Execution } from "../../../../lab/pulumi-cloud";
import { claimsFromToken } from "../../../../trust/claims";
import { Fixture } from "../fixture";

const STACK = "/api/stacks/acme/site/prod";
const SETTINGS = `${STACK}/deployments/settings`;
const GIT = { sourceContext: { git: { repoUrl: "file:///srv/infra", repoDir: "site", branch: "main" } } };

describe("lab/pulumi-cloud: deployments", () => {
  const fixture = new Fixture();
  const executed: Execution[] = [];
  /** What the executor does next. */
  let act: (work: Execution) => Promise<number>;
  before(async () => {
    await fixture.start({
      execute: (work) => {
        executed.push(work);
        return act(work);
      },
    });
    for (const name of ["prod", "dev"]) {
      await fixture.api("POST", "/api/stacks/acme/site", { stackName: name });
    }
  });
  beforeEach(() => {
    executed.length = 0;
    act = async () => 0;
  });
  after(() => fixture.stop());

  const deploy = (body: object) => fixture.api("POST", `${STACK}/deployments`, body);

  /** Runs a deployment to its end; returns its status and its log. */
  async function run(body: object): Promise<{ id: string; status: string; log: string[] }> {
    const created = await deploy(body);
    assert.equal(created.status, 200, created.text);
    const { id } = created.json as { id: string };
    const log: string[] = [];
    for (let token = "0"; token !== undefined; ) {
      const { json } = await fixture.api("GET", `${STACK}/deployments/${id}/logs?continuationToken=${token}`);
      log.push(...(json.lines as { header?: string; line?: string }[]).map(({ header, line }) => header ?? line ?? ""));
      token = json.nextToken;
    }
    return { id, status: (await fixture.api("GET", `${STACK}/deployments/${id}`)).json.status, log };
  }

  describe("settings", () => {
    afterEach(() => fixture.api("DELETE", SETTINGS));

    it("are not there until they are given, and then are merged", async () => {
      assert.equal((await fixture.api("GET", SETTINGS)).status, 404);
      const aws = { roleArn: "arn:aws:iam::1:role/r", sessionName: "s", duration: "1h" };
      await fixture.api("POST", SETTINGS, { ...GIT, operationContext: { oidc: { aws }, preRunCommands: ["true"] } });
      await fixture.api("POST", SETTINGS, {
        operationContext: { oidc: { aws: { duration: null } }, preRunCommands: ["a", "b"] },
        agentPoolID: null,
      });
      const { json } = await fixture.api("GET", SETTINGS);
      const { roleArn, sessionName } = aws;
      const operationContext = { oidc: { aws: { roleArn, sessionName } }, preRunCommands: ["a", "b"] };
      assert.deepEqual(json, { ...GIT, operationContext });
    });

    it("of a cloud are refused without a member that it needs or with one that nobody knows, and the old ones stay", async () => {
      await fixture.api("POST", SETTINGS, GIT);
      for (const aws of [{ roleArn: "r" }, { roleArn: "r", sessionName: "s", audience: "acme" }]) {
        const { status, text } = await fixture.api("POST", SETTINGS, { operationContext: { oidc: { aws } } });
        assert.equal(status, 400);
        assert.match(text, /operationContext\.oidc\.aws/);
      }
      assert.deepEqual((await fixture.api("GET", SETTINGS)).json, GIT);
    });
  });

  describe("runs", () => {
    before(() =>
      fixture.api("POST", SETTINGS, {
        ...GIT,
        operationContext: {
          preRunCommands: ["make"],
          environmentVariables: { PLAIN: "a", HIDDEN: { secret: "b" } },
        },
      }),
    );

    it("have the token, the variables and the commands that are documented", async () => {
      act = async (work) => {
        work.onPart("pre-run");
        work.onLine("made");
        work.onPart("pulumi");
        return 0;
      };
      const { id, status, log } = await run({ operation: "update", inheritSettings: true });
      assert.equal(status, "succeeded");
      assert.deepEqual(log, [
        ...["Get cloud credentials", "none: the settings name no cloud\n"],
        ...["Pre-run commands", "made\n", "pulumi update"],
      ]);
      const [work] = executed as [Execution];
      assert.deepEqual([work.id, work.directory, work.preRunCommands], [id, "/srv/infra/site", ["make"]]);
      assert.deepEqual(work.pulumi, ["up", "--yes", "--skip-preview", "--stack", "acme/site/prod"]);
      const { PULUMI_ACCESS_TOKEN: _, PULUMI_OIDC_TOKEN, ...shown } = work.environment;
      assert.deepEqual(shown, {
        PULUMI_CI_SYSTEM: "Pulumi Deployments",
        PULUMI_CI_BUILD_ID: id,
        PULUMI_CI_BUILD_NUMBER: "1",
        PULUMI_CI_ORGANIZATION: "acme",
        PULUMI_CI_PROJECT: "site",
        PULUMI_CI_STACK: "prod",
        PULUMI_CI_OPERATION: "update",
        ...{ PLAIN: "a", HIDDEN: "b" },
      });
      assert.equal(PULUMI_OIDC_TOKEN, work.token);
      const { iss, aud, sub } = claimsFromToken(work.token);
      assert.deepEqual([iss, aud], ["https://api.pulumi.com/oidc", "acme"]);
      assert.equal(sub, "pulumi:deploy:org:acme:project:site:stack:prod:operation:update:scope:write");
    });

    it("take their own settings over the stack's, or those alone", async () => {
      const operationContext = { preRunCommands: ["other"] };
      await run({ operation: "preview", inheritSettings: true, operationContext });
      const empty = { preRunCommands: [], environmentVariables: {}, operation: "" };
      await run({ operation: "preview", operationContext: empty, agentPoolID: null });
      await run({ operation: "refresh", inheritSettings: false, sourceContext: { git: { repoUrl: "file:///srv" } } });
      assert.deepEqual(
        executed.map(({ directory, preRunCommands, pulumi }) => [directory, preRunCommands, pulumi[0]]),
        [
          ["/srv/infra/site", ["other"], "preview"],
          ["/srv/infra/site", ["make"], "preview"],
          ["/srv", [], "refresh"],
        ],
      );
    });

    it("fail with their commands, and with a cloud that can't be reached, before any command", async () => {
      act = async () => 3;
      assert.equal((await run({ operation: "destroy" })).status, "failed");
      executed.length = 0;
      const aws = { roleArn: "arn:aws:iam::111122223333:role/r", sessionName: "s" };
      const { status, log } = await run({ operation: "destroy", operationContext: { oidc: { aws } } });
      assert.equal(status, "failed");
      assert.equal(log.at(-1), "error: this Pulumi Cloud reaches no clouds\n");
      assert.deepEqual(executed, []);
    });

    it("are refused for an operation that nobody knows and for sources that would have to be cloned", async () => {
      assert.equal((await deploy({ operation: "deploy" })).status, 400);
      const git = { repoUrl: "https://github.com/acme/infra.git" };
      const { status, text } = await deploy({ operation: "preview", sourceContext: { git } });
      assert.equal(status, 400);
      assert.match(text, /file:\/\/\/DIRECTORY/);
      assert.equal((await fixture.api("GET", `${STACK}/deployments/nobody`)).status, 404);
      assert.deepEqual(executed, []);
    });

    it("have an access token for their own stack alone, until an hour is over", async () => {
      await run({ operation: "preview" });
      const [{ environment }] = executed as [Execution];
      const status = async (path: string) =>
        (await fixture.api("GET", path, undefined, environment.PULUMI_ACCESS_TOKEN)).status;
      assert.equal(await status(STACK), 200);
      assert.equal(await status("/api/stacks/acme/site/dev"), 404);
      assert.equal(await status("/api/orgs/acme/oidc/issuers"), 403);
      fixture.clock.shift(3_600);
      assert.equal(await status(STACK), 401);
    });
  });

  it("are refused by a Pulumi Cloud without what executes them", async () => {
    const other = await fixture.start();
    const headers = { Authorization: `token ${other.adminToken}` };
    await fixture.request(`${other.url}/api/stacks/acme/site`, "POST", { stackName: "prod" }, headers);
    const { status } = await fixture.request(
      `${other.url}${STACK}/deployments`,
      ...(["POST", { operation: "preview", ...GIT }, headers] as const),
    );
    assert.equal(status, 501);
  });
});
