import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { mintToken } from "../../lab/control-requests";
import { Engine, type EngineResult } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { resolveEscEvaluator } from "../../tools/toolchain/esc-evaluator";
import { packageRoot } from "../../tools/toolchain/package-root";
import { silentReport } from "../../tools/toolchain/report";
import { skip } from "../skip";
import { ok } from "./support/engine";
import { control, PulumiCloud } from "./support/http";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

const ACCOUNT = "111122223333";
const PROVIDER = "api.pulumi.com/oidc";

describe("a CI job's token → Pulumi Cloud → an ESC environment → AWS", () => {
  let state: LabState;
  let cloud: PulumiCloud;
  let issuerId: string;
  let directory: string;

  before(async function () {
    const evaluator = await resolveEscEvaluator(silentReport);
    if ("missing" in evaluator) {
      skip(this, evaluator.missing);
    }
    state = await labStarted();
    cloud = new PulumiCloud(state);
    const { organization } = state.pulumiCloud;
    issuerId = await cloud.register("github", state.ci.githubActions.issuer);
    const rules = { aud: `urn:pulumi:org:${organization}`, sub: "repo:acme/infra:ref:refs/heads/main" };
    await cloud.change(issuerId, () => [
      { decision: "allow", tokenType: "organization", authorizedPermissions: [], rules },
    ]);
    const clientIds = [`aws:${organization}`];
    const url = `https://${PROVIDER}`;
    await control(state, "POST", "/resources/aws/oidc-providers", { url, clientIds, thumbprints: [], tags: {} });
    await makeRole("esc-deploy", `pulumi:environments:org:${organization}:env:infra/deploy`);
    await makeRole("esc-other", `pulumi:environments:org:${organization}:env:infra/other`);
    directory = join(state.directory, "environments");
    mkdirSync(directory, { mode: 0o700 });
    const token = await mintToken(state, "githubActions", ["repository=acme/infra", "ref=refs/heads/main"]);
    const file = join(directory, "token");
    writeFileSync(file, token, { mode: 0o600 });
    await ok(pulumi("login", state.pulumiCloud.url, "--oidc-token", `file://${file}`, "--oidc-org", organization));
  });
  after(async () => {
    if (cloud === undefined) {
      return;
    }
    await cloud.remove(issuerId);
    const arn = encodeURIComponent(`arn:aws:iam::${ACCOUNT}:oidc-provider/${PROVIDER}`);
    for (const path of [`oidc-providers/${arn}`, "roles/esc-deploy", "roles/esc-other"]) {
      await control(state, "DELETE", `/resources/aws/${path}`);
    }
  });

  async function makeRole(name: string, subject: string): Promise<void> {
    const statement = {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${PROVIDER}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { [`${PROVIDER}:aud`]: `aws:${state.pulumiCloud.organization}`, [`${PROVIDER}:sub`]: subject },
      },
    };
    const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const settings = { description: "", maxSessionDuration: 7200, permissionsBoundary: "", tags: {} };
    const { status } = await control(state, "POST", "/resources/aws/roles", {
      ...{ name, path: "/", assumeRolePolicy, ...settings },
    });
    assert.equal(status, 201);
  }

  /** The CLI of a job, which has no login but that of its token. */
  function pulumi(...words: string[]): Promise<EngineResult> {
    const env = {
      PULUMI_HOME: join(directory, "home"),
      PULUMI_ACCESS_TOKEN: "",
      PULUMI_API: "",
      PULUMI_BACKEND_URL: "",
    };
    return new Engine(state, { project: packageRoot(), env }).run(words);
  }

  async function define(environment: string, role: string): Promise<void> {
    const file = join(directory, `${environment}.yaml`);
    writeFileSync(
      file,
      `values:
  login:
    fn::open::aws-login:
      oidc: { roleArn: "arn:aws:iam::${ACCOUNT}:role/${role}", sessionName: job }
  environmentVariables:
    AWS_ACCESS_KEY_ID: \${login.accessKeyId}
    AWS_SECRET_ACCESS_KEY: \${login.secretAccessKey}
    AWS_SESSION_TOKEN: \${login.sessionToken}
`,
    );
    await ok(pulumi("env", "init", `${state.pulumiCloud.organization}/infra/${environment}`, "--file", file));
  }

  it("gives credentials that AWS knows, and none where the role is another environment's", async () => {
    const name = `${state.pulumiCloud.organization}/infra/deploy`;
    await define("deploy", "esc-deploy");
    const opened = await ok(pulumi("env", "open", name, "environmentVariables", "--format", "json"));
    const variables = JSON.parse(opened) as Record<string, string>;
    const agent = new Agent({ ca: readFileSync(state.ca) });
    const client = new STSClient({
      ...{ region: "us-west-2", endpoint: state.aws.stsUrl, requestHandler: { httpsAgent: agent } },
      credentials: {
        accessKeyId: variables.AWS_ACCESS_KEY_ID ?? "",
        secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? "",
        sessionToken: variables.AWS_SESSION_TOKEN,
      },
    });
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    assert.equal(Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/esc-deploy/job`);
    client.destroy();
    agent.destroy();
    await define("stranger", "esc-other");
    const refused = await pulumi("env", "open", name.replace("deploy", "stranger"));
    assert.match(refused.output.replace(/\s+/g, " "), /StatusCode: 403, RequestID: \S+, api error AccessDenied/);
  });
});
