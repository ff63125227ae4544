import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import type { TestIssuer } from "../../helpers/issuer";
import { allow, Fixture, podClaims } from "./fixture";

describe("lab/pulumi-cloud: the real Pulumi CLI", () => {
  const fixture = new Fixture();
  let cli: string;
  let issuer: TestIssuer;
  let directory: string;
  let tokenFile: string;

  before(async () => {
    cli = (await resolvePulumiCli(silentReport)).path;
    await fixture.start();
    issuer = await fixture.issuer({ issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/CLI" });
    const sub = "system:serviceaccount:pulumi:deployer";
    await fixture.trust(issuer.issuer, [
      allow({ sub }),
      allow({ sub }, { tokenType: "team", teamName: "platform" }),
      allow({ sub }, { tokenType: "personal", userLogin: "ada" }),
    ]);
    fixture.cloud.organizations.get("acme")!.replaceEnvironments([{ project: "default", name: "dev" }]);
    directory = await mkdtemp(join(tmpdir(), "oidc-runner-cli-"));
    tokenFile = join(directory, "token");
    await writeFile(join(directory, "ca.pem"), fixture.authority.certificatePem);
    await writeFile(tokenFile, await issuer.sign(podClaims("pulumi", "deployer")), { mode: 0o600 });
  });
  after(async () => {
    await fixture.stop();
    await rm(directory, { recursive: true, force: true });
  });

  /** Runs the CLI with nothing of this process's environment, so that no variable of the caller changes what it does. */
  const pulumi = (...args: string[]): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const env = {
        PATH: "/usr/bin:/bin",
        HOME: directory,
        PULUMI_HOME: join(directory, "home"),
        SSL_CERT_FILE: join(directory, "ca.pem"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
      };
      execFile(cli, [...args, "--non-interactive"], { env, cwd: directory }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
      );
    });
  const login = (...more: string[]) =>
    pulumi("login", fixture.cloud.url, "--oidc-token", `file://${tokenFile}`, "--oidc-org", "acme", ...more);

  it("logs in with a pod's token, and whoami, env ls and org get-default work", async () => {
    const answer = await login();
    assert.equal(answer.code, 0, answer.output);
    const whoami = await pulumi("whoami", "-v");
    assert.match(whoami.output, /Organizations: acme/);
    assert.match(whoami.output, /Token type: organization: acme/);
    const environments = await pulumi("env", "ls");
    assert.deepEqual([environments.code, /^default\/dev$/m.test(environments.output)], [0, true], environments.output);
    const organization = await pulumi("org", "get-default");
    assert.equal(organization.output.trim(), "acme");
    const credentials = join(directory, "home", "credentials.json");
    assert.match(await readFile(credentials, "utf8"), /pul-[0-9a-f]{40}/);
    assert.equal((await stat(credentials)).mode & 0o077, 0);
    assert.ok(
      fixture.cloud.journal.list().every(({ status }) => status < 400),
      "every request of the CLI is answered",
    );
  });

  it("logs in as a team and as a user", async () => {
    assert.equal((await login("--oidc-team", "platform")).code, 0);
    assert.match((await pulumi("whoami", "-v")).output, /Token type: team: platform/);
    const user = await login("--oidc-user", "ada", "--oidc-expiration", "15m");
    assert.match(user.output, /as ada/);
    assert.match((await pulumi("whoami", "-v")).output, /User: ada\nOrganizations: acme/);
  });

  it("fails with the service's answer for another team, and prints no token", async () => {
    const refused = await login("--oidc-team", "web");
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /OIDC token exchange failed.*access_denied/);
    assert.ok(!refused.output.includes(await readFile(tokenFile, "utf8")));
  });
});
