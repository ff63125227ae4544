import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { takeKnown } from "../../../cli/ci/ask";
import { generate } from "../../../cli/ci/init";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import type { TestIssuer } from "../../helpers/issuer";
import { allow, exchangeBody, Fixture } from "../../lab/pulumi-cloud/fixture";

const SUB = "repo:acme/app:ref:refs/heads/main";
const BEARER = "bearer-of-the-job";
const UUID = "0ca3ddd9-f0b0-4635-a98c-5866526961b6";

describe("oidc-runner ci init: steps, with the real CLI and curl", function () {
  // Against hangs only.
  this.timeout(400_000);
  const fixture = new Fixture();
  let cli: string;
  let issuer: TestIssuer;
  let directory: string;
  let endpoint: Server;
  let token = "";
  let asked: IncomingMessage | undefined;

  before(async () => {
    cli = (await resolvePulumiCli(silentReport)).path;
    await fixture.start();
    issuer = await fixture.issuer({ issuer: "https://token.actions.githubusercontent.com" });
    await fixture.trust(issuer.issuer, [allow({ sub: SUB })]);
    directory = await mkdtemp(join(tmpdir(), "oidc-runner-ci-login-"));
    await writeFile(join(directory, "ca.pem"), fixture.authority.certificatePem);
    endpoint = createServer((request, response) => {
      asked = request;
      const isAsked = /^bearer bearer-of-the-job$/i.test(request.headers.authorization ?? "");
      response.writeHead(isAsked ? 200 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(isAsked ? { value: token, oidcToken: token } : { message: "unauthorized" }));
    });
    await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    await new Promise((resolve) => endpoint.close(resolve));
    await fixture.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function pipelineOf(system: string, fields: object) {
    const options = {
      ...{ organization: "acme", branch: "main", tokenType: "organization" as const, apiUrl: fixture.cloud.url },
      ...{ directory: "trust", ...fields },
    };
    const { files } = await generate(system, options, { root: directory }, takeKnown);
    return parse(files[0]?.text ?? "");
  }

  /** Runs the shell texts of a generated pipeline as they are, in one shell. */
  async function run(system: string, fields: object, textsIn: (pipeline: never) => string[], env: object) {
    return sh(textsIn((await pipelineOf(system, fields)) as never).join("\n"), env);
  }

  function sh(script: string, env: object) {
    return new Promise<{ code: number; output: string }>((resolve) => {
      const surroundings = {
        PATH: `${dirname(cli)}:/usr/bin:/bin`,
        HOME: directory,
        SSL_CERT_FILE: join(directory, "ca.pem"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_HOME: join(directory, `home-${Math.random()}`),
        ...env,
      };
      execFile("sh", ["-e", "-c", script], { env: surroundings, cwd: directory }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
      );
    });
  }
  const sign = (sub: string) => issuer.sign({ aud: "urn:pulumi:org:acme", sub });
  const url = () => `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/token`;

  const github = (bearer = BEARER) =>
    run(
      "githubActions",
      { repository: "acme/app" },
      ({ jobs }: { jobs: { pulumi: { steps: { run?: string }[] } } }) =>
        jobs.pulumi.steps.flatMap((step) => step.run ?? []),
      { ACTIONS_ID_TOKEN_REQUEST_URL: `${url()}?api-version=2.0`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer },
    );
  const gitlab = async (sub: string) =>
    run("gitlab", { project: "acme/app" }, ({ pulumi }: { pulumi: { script: string[] } }) => pulumi.script, {
      PULUMI_OIDC_TOKEN: await sign(sub),
    });

  it("log a job of GitHub Actions in", async () => {
    token = await sign(SUB);
    const { code, output } = await github();
    assert.equal(code, 0, output);
    assert.deepEqual([asked?.method, asked?.url], ["GET", "/token?api-version=2.0&audience=urn%3Apulumi%3Aorg%3Aacme"]);
    assert.equal(output.replace(`::add-mask::${token}\n`, "").includes(token), false);
  });

  it("log no job in for another repository, nor without the right to ask", async () => {
    token = await sign("repo:acme/app2:ref:refs/heads/main");
    const refused = await github();
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /OIDC token exchange failed.*access_denied/);
    const denied = await github("other");
    assert.notEqual(denied.code, 0);
    assert.match(denied.output, /401/);
  });

  it("do the work at the API that the job names, with the token that the vendor's action exports", async () => {
    const { pulumi } = (await pipelineOf("githubActions", { repository: "acme/app", vendorAction: true })).jobs;
    const [, { with: inputs }, { run: work }] = pulumi.steps;
    const { json } = await fixture.request(`${inputs["cloud-url"]}/api/oauth/token`, "POST", {
      ...exchangeBody(await sign(SUB)),
      audience: `urn:pulumi:org:${inputs.organization}`,
      requested_token_type: inputs["requested-token-type"],
    });
    const { code, output } = await sh(`${work} -v`, { ...pulumi.env, PULUMI_ACCESS_TOKEN: json.access_token });
    assert.equal(code, 0, output);
    assert.match(output, /Token type: organization: acme/);
    const refused = await sh(work, { ...pulumi.env, PULUMI_ACCESS_TOKEN: `${json.access_token}x` });
    assert.notEqual(refused.code, 0);
  });

  it("ask Azure DevOps with a POST", async () => {
    token = await sign(SUB);
    const ids = { ciOrganizationId: UUID, projectId: UUID, definitionId: "7" };
    const { code, output } = await run(
      "azureDevops",
      { ciOrganization: "acme", project: "app", ...ids },
      ({ steps }: { steps: { script?: string }[] }) => steps.flatMap((step) => step.script ?? []),
      { SYSTEM_OIDCREQUESTURI: url(), SYSTEM_ACCESSTOKEN: BEARER },
    );
    assert.equal(code, 0, output);
    assert.deepEqual([asked?.method, asked?.url], ["POST", "/token?api-version=7.1"]);
  });

  it("log a job of GitLab in from its variable, and none with another subject", async () => {
    const { code, output } = await gitlab(SUB);
    assert.equal(code, 0, output);
    const refused = await gitlab(`${SUB}-2`);
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /access_denied/);
  });
});
