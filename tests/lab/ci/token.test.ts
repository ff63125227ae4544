import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describeLab } from "../../../cli/lab/describe";
import { clusterOfShape } from "../../../lab/issuer-shapes";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { claimsFromToken } from "../../../trust/claims";
import { type RunnerLab, startRunnerLab } from "../runner/runner-lab";

describe("oidc-runner lab token", () => {
  let lab: RunnerLab;
  before(async () => {
    lab = await startRunnerLab([clusterOfShape("kubernetes")]);
  });
  after(() => lab.stop());

  const token = (...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const command = [join(packageRoot(), "dist", "cli", "main.js"), "lab", "token"];
      execFile(process.execPath, [...command, ...words], (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  const ofLab = (...words: string[]) => token("--directory", lab.state.directory, ...words);

  it("prints a token of the job that is asked for, with the audience of the lab's organization", async () => {
    const { code, stdout, stderr } = await ofLab("--issuer", "githubActions", "--claim", "repository=acme/site");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { iss, sub, aud } = claimsFromToken(stdout.trim());
    assert.deepEqual(
      [iss, sub, aud],
      [describeLab(lab.state).ci.githubActions.issuer, "repo:acme/site:ref:refs/heads/main", "urn:pulumi:org:acme"],
    );
  });

  it("whose issuer the lab's Pulumi Cloud reaches", async () => {
    const { issuer } = describeLab(lab.state).ci.gitlab;
    const registered = await lab.cloud.registerIssuer({ name: "gitlab", url: issuer });
    assert.equal(registered.issuer, issuer);
    await assert.rejects(lab.cloud.registerIssuer({ name: "other", url: "https://gitlab.example.com" }));
  });

  it("prints a token of a deployment and of an environment of the lab's organization", async () => {
    const deployment = await ofLab(
      "--issuer",
      "pulumiDeployments",
      "--claim",
      "stack=dev",
      "--claim",
      "operation=preview",
    );
    const run = claimsFromToken(deployment.stdout.trim());
    assert.equal(run.sub, "pulumi:deploy:org:acme:project:infra:stack:dev:operation:preview:scope:write");
    assert.deepEqual([run.aud, run.org, run.operation], ["acme", "acme", "preview"]);
    const login = await ofLab("--issuer", "pulumiEsc", "--claim", "current_env=web/prod", "--claim", "aud=gcp:acme");
    const { sub, aud, root_env } = claimsFromToken(login.stdout.trim());
    assert.deepEqual([sub, aud, root_env], ["pulumi:environments:org:acme:env:web/prod", "gcp:acme", "web/prod"]);
    const { pulumiIssuer } = describeLab(lab.state);
    assert.deepEqual([run.iss, run.iss], [claimsFromToken(login.stdout.trim()).iss, pulumiIssuer.issuer]);
    const { customAudienceIssuer } = pulumiIssuer;
    const custom = await ofLab(
      "--issuer",
      "pulumiEsc",
      "--claim",
      `iss=${customAudienceIssuer}`,
      "--claim",
      "aud=tool",
    );
    assert.match(String(claimsFromToken(custom.stdout.trim()).sub), /^pulumi:org:[0-9a-f-]{36}:env:[0-9a-f-]{36}$/);
    const misspelt = await ofLab("--issuer", "pulumiDeployment");
    assert.match(misspelt.stderr, /^LAB_UNKNOWN_ISSUER: .*use pulumiDeployments/);
  });

  it("from Pulumi's issuers, which the lab's Pulumi Cloud reaches too", async () => {
    const { issuer, customAudienceIssuer } = describeLab(lab.state).pulumiIssuer;
    for (const url of [issuer, customAudienceIssuer]) {
      const registered = await lab.cloud.registerIssuer({ name: url, url });
      assert.equal(registered.issuer, url);
    }
  });

  it("refuses an unknown system or claim with the nearest names, and another lab's directory", async () => {
    const system = await ofLab("--issuer", "github");
    assert.deepEqual([system.code, system.stdout], [2, ""]);
    assert.match(system.stderr, /^LAB_UNKNOWN_ISSUER: .*use githubActions/);
    const claim = await ofLab("--issuer", "githubActions", "--claim", "repo=acme/site");
    assert.deepEqual([claim.code, claim.stdout], [2, ""]);
    assert.match(claim.stderr, /^LAB_UNKNOWN_CLAIM: .*use repo/);
    const nowhere = await token("--directory", join(lab.state.directory, "none"), "--issuer", "gitlab");
    assert.deepEqual([nowhere.code, nowhere.stdout], [2, ""]);
    assert.match(nowhere.stderr, /^LAB_NOT_FOUND/);
  });
});
