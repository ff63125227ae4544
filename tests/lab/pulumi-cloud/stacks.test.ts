import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import { Fixture } from "./fixture";

/** A dynamic resource needs no plugin besides the CLI's own. */
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const provider = {
  create: async ({ secret }) => ({ id: "made", outs: { secret } }),
  delete: async () => undefined,
};
class Thing extends pulumi.dynamic.Resource {
  constructor(name, props) { super(provider, name, { ...props }); }
}
const secret = new pulumi.Config().requireSecret("word");
new Thing("thing", { secret });
exports.word = secret;
`;

describe("lab/pulumi-cloud: stacks, by the real Pulumi CLI", function () {
  // Against hangs only.
  this.timeout(400_000);
  const fixture = new Fixture();
  let cli: string;
  let directory: string;

  before(async () => {
    cli = (await resolvePulumiCli(silentReport)).path;
    await fixture.start();
    directory = await mkdtemp(join(tmpdir(), "oidc-runner-stacks-"));
    await writeFile(join(directory, "ca.pem"), fixture.authority.certificatePem);
    await mkdir(join(directory, "infra"));
    await writeFile(join(directory, "infra", "Pulumi.yaml"), "name: infra\nruntime: nodejs\n");
    await writeFile(join(directory, "infra", "package.json"), '{ "main": "index.js" }');
    await writeFile(join(directory, "infra", "index.js"), PROGRAM);
  });
  after(async () => {
    await fixture.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const pulumi = (...args: string[]): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const env = {
        PATH: `${join(process.execPath, "..")}:/usr/bin:/bin`,
        HOME: directory,
        PULUMI_HOME: join(directory, "home"),
        PULUMI_BACKEND_URL: fixture.cloud.url,
        PULUMI_ACCESS_TOKEN: fixture.cloud.adminToken,
        OIDC_RUNNER_NODE_ROOT: packageRoot(),
        NODE_PATH: join(packageRoot(), "node_modules"),
        SSL_CERT_FILE: join(directory, "ca.pem"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
      };
      execFile(cli, [...args, "--non-interactive"], { env, cwd: join(directory, "infra") }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
      );
    });
  const ok = async (...args: string[]): Promise<string> => {
    const { code, output } = await pulumi(...args);
    assert.equal(code, 0, output);
    return output;
  };
  const stack = (name: string) => fixture.cloud.organizations.get("acme")?.stacks.get(`infra/${name}`);

  it("takes a stack from init to removal, and keeps its secrets to itself", async () => {
    await ok("stack", "init", "acme/prod");
    await ok("config", "set", "--secret", "word", "sesame");
    await ok("up", "--yes", "--stack", "prod");
    const exported = await ok("stack", "export");
    assert.match(exported, /"id": "made"/);
    assert.doesNotMatch(exported, /sesame/);
    assert.equal((await ok("stack", "output", "word", "--show-secrets")).trim(), "sesame");
    assert.match(await ok("stack", "ls"), /prod/);
    assert.equal((await pulumi("stack", "rm", "--yes")).code === 0, false, "it still holds a resource");
    await ok("destroy", "--yes");
    await ok("stack", "rm", "--yes");
    assert.equal(stack("prod"), undefined);
  });

  it("lets one update at a time have the lease, and cancel takes it away", async () => {
    await ok("stack", "init", "acme/held");
    await ok("config", "set", "--secret", "word", "sesame");
    const held = stack("held")!.begin("update");
    Object.assign(held, { status: "running", token: "held", leaseEnds: Number.POSITIVE_INFINITY });
    const { code, output } = await pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(output, /Another update is currently in progress/);
    await ok("cancel", "--yes");
    assert.equal(held.status, "cancelled");
    await ok("up", "--yes", "--skip-preview");
    assert.deepEqual(
      stack("held")
        ?.updates.map(({ status }) => status)
        .at(-1),
      "succeeded",
    );
  });

  it("takes no checkpoint without the lease's token, and none after the lease", async () => {
    await ok("stack", "init", "acme/lease");
    const update = stack("lease")!.begin("update");
    const url = `${fixture.cloud.url}/api/stacks/acme/infra/lease/update/${update.id}/checkpoint`;
    const patch = async (Authorization: string) =>
      (await fixture.request(url, "PATCH", { version: 3 }, { Authorization })).status;
    assert.equal(await patch("update-token "), 401);
    Object.assign(update, { status: "running", token: "held", leaseEnds: Number.POSITIVE_INFINITY });
    assert.equal(await patch("update-token other"), 401);
    assert.equal(await patch(`token ${fixture.cloud.adminToken}`), 401);
    assert.equal(await patch("update-token held"), 204);
    update.leaseEnds = 0;
    assert.equal(await patch("update-token held"), 409);
  });
});
