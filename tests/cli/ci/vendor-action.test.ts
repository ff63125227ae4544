import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import { CiFixture } from "../../lab/ci/fixture";
import { allow, exchangeBody } from "../../lab/pulumi-cloud/fixture";
import { make } from "./answers";

const SUB = "repo:acme/app:ref:refs/heads/main";

describe("oidc-runner ci init --vendor-action, with the real CLI", () => {
  const fixture = new CiFixture();
  let cli: string;
  before(async () => {
    cli = (await resolvePulumiCli(silentReport)).path;
    await fixture.startAll();
  });
  after(() => fixture.stop());

  const sh = (script: string, env: object): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const surroundings = {
        PATH: `${dirname(cli)}:/usr/bin:/bin`,
        HOME: fixture.directory,
        PULUMI_HOME: join(fixture.directory, "home"),
        SSL_CERT_FILE: fixture.caFile,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        ...env,
      };
      execFile("sh", ["-e", "-c", script], { env: surroundings, cwd: fixture.directory }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
      );
    });

  it("the work runs at the API that the job names, with the token that the action exports", async () => {
    await fixture.trust("https://token.actions.githubusercontent.com", [allow({ sub: SUB })]);
    const options = { environment: undefined, vendorAction: true, apiUrl: fixture.cloud.url };
    const { files } = await make("githubActions", options);
    const { pulumi } = parse(files[0]?.text ?? "").jobs;
    const [, { with: inputs }, { run: work }] = pulumi.steps;
    const token = await fixture.ci.mint("githubActions", { sub: SUB });
    const { json } = await fixture.request(`${inputs["cloud-url"]}/api/oauth/token`, "POST", {
      ...exchangeBody(token),
      audience: `urn:pulumi:org:${inputs.organization}`,
      requested_token_type: inputs["requested-token-type"],
    });
    const { code, output } = await sh(`${work} -v`, { ...pulumi.env, PULUMI_ACCESS_TOKEN: json.access_token });
    assert.equal(code, 0, output);
    assert.match(output, /Token type: organization: acme/);
    const refused = await sh(work, { ...pulumi.env, PULUMI_ACCESS_TOKEN: `${json.access_token}x` });
    assert.notEqual(refused.code, 0);
  });
});
