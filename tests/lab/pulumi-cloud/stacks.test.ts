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

/** Resources as the configuration lists them; what happens to one is among its arguments. */
const THINGS = `
const pulumi = require("@pulumi/pulumi");
const provider = {
  create: async (inputs) => {
    if (inputs.fails) throw new Error("it can't be made");
    return { id: inputs.name, outs: inputs };
  },
  diff: async (id, olds, news) => ({
    changes: JSON.stringify(news) !== JSON.stringify({ ...olds, __provider: news.__provider }),
    replaces: olds.kind === news.kind ? [] : ["kind"],
    deleteBeforeReplace: news.inPlace,
  }),
  update: async (id, olds, news) => ({ outs: news }),
  read: async (id, props) => ((process.env.GONE || "").split(",").includes(id) ? {} : { id, props }),
  delete: async () => undefined,
};
class Thing extends pulumi.dynamic.Resource {
  constructor(props, opts) { super(provider, props.name, props, opts); }
}
const made = {};
for (const { after, below, was, ...props } of new pulumi.Config().requireObject("things")) {
  made[props.name] = new Thing(props, {
    dependsOn: (after || []).map((name) => made[name]),
    parent: made[below],
    aliases: was === undefined ? [] : [{ name: was }],
  });
}
exports.names = Object.keys(made);
`;

describe("lab/pulumi-cloud: stacks, by the real Pulumi CLI", () => {
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
    await mkdir(join(directory, "things"));
    await writeFile(join(directory, "things", "Pulumi.yaml"), "name: things\nruntime: nodejs\n");
    await writeFile(join(directory, "things", "package.json"), '{ "main": "index.js" }');
    await writeFile(join(directory, "things", "index.js"), THINGS);
  });
  after(async () => {
    await fixture.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const pulumi = (...args: string[]) => pulumiIn("infra", {}, ...args);
  const pulumiIn = (
    project: string,
    more: Record<string, string>,
    ...args: string[]
  ): Promise<{ code: number; output: string }> =>
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
        ...more,
      };
      execFile(cli, [...args, "--non-interactive"], { env, cwd: join(directory, project) }, (error, stdout, stderr) =>
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

  it("keeps by a journal what the CLI's own checkpoints hold, step by step", async () => {
    // Each comes after another one: what is made at the same time ends in any order.
    type Thing = { name: string; [option: string]: unknown };
    const [a, b, c]: [Thing, Thing, Thing] = [{ name: "a" }, { name: "b", after: ["a"] }, { name: "c", after: ["b"] }];
    const below = { name: "d", below: "c", after: ["c"] };
    const changed = [{ ...a, value: 1 }, { ...b, kind: "other" }, { ...c, kind: "other", inPlace: true }, below];
    const renamed = [changed[0]!, { ...changed[1]!, name: "b2", was: "b" }, { ...changed[2]!, after: ["b2"] }, below];
    const steps: { things: Thing[]; command: string[]; gone?: string; fails?: true }[] = [
      { things: [a, b, c], command: ["up"] },
      { things: changed, command: ["up"] },
      { things: [...changed, { name: "e", after: ["d"], fails: true }], command: ["up"], fails: true },
      { things: renamed, command: ["up"] },
      { things: renamed, command: ["refresh"], gone: "d,c" },
      { things: renamed, command: ["up"] },
      { things: renamed, command: ["up", "--refresh"], gone: "b" },
      { things: renamed, command: ["destroy", "--target", "**d"] },
      { things: [], command: ["up"] },
    ];
    const modes = { journal: {}, checkpoints: { PULUMI_DISABLE_JOURNALING: "true" } };
    for (const [name, env] of Object.entries(modes)) {
      assert.equal((await pulumiIn("things", env, "stack", "init", `acme/${name}`)).code, 0);
    }
    for (const { things, command, gone = "", fails = false } of steps) {
      const states: unknown[] = [];
      for (const [name, mode] of Object.entries(modes)) {
        const env = { ...mode, GONE: gone };
        const run = (...args: string[]) => pulumiIn("things", env, ...args, "--stack", name);
        await run("config", "set", "things", JSON.stringify(things));
        fixture.cloud.journal.clear();
        const { code, output } = await run(...command, "--yes", "--skip-preview", "--parallel", "1");
        assert.equal(code !== 0, fails, output);
        const ways = new Set(fixture.cloud.journal.list().flatMap(({ path }) => /[a-z]+$/.exec(path) ?? []));
        assert.equal(ways.has("journalentries"), name === "journal", [...ways].join());
        assert.equal(ways.has("checkpoint") || ways.has("checkpointverbatim"), name !== "journal", [...ways].join());
        states.push(comparable((await run("stack", "export")).output, name));
      }
      assert.deepEqual(states[0], states[1], JSON.stringify({ things, command }));
    }
  });

  it("knows after a lost update what was being made, by a journal too", async () => {
    assert.equal((await pulumiIn("things", {}, "stack", "init", "acme/lost")).code, 0);
    const update = fixture.cloud.organizations.get("acme")!.stacks.get("things/lost")!.begin("update");
    const url = `${fixture.cloud.url}/api/stacks/acme/things/lost/update/${update.id}`;
    const admin = { Authorization: `token ${fixture.cloud.adminToken}` };
    const start = async (journalVersion?: number) =>
      (await fixture.request(url, "POST", { tags: {}, journalVersion }, admin)).json;
    const { token, journalVersion } = await start(1);
    assert.equal(journalVersion, 1);
    const urn = "urn:pulumi:lost::things::pulumi-nodejs:dynamic:Resource::a";
    const operation = { type: "creating", resource: { urn, type: "pulumi-nodejs:dynamic:Resource", custom: true } };
    const entry = { version: 1, kind: 0, sequenceID: 1, operationID: 1, removeOld: null, removeNew: null, operation };
    const patch = async (Authorization: string) =>
      (await fixture.request(`${url}/journalentries`, "PATCH", { entries: [entry] }, { Authorization })).status;
    assert.equal(await patch("update-token other"), 401);
    assert.equal(await patch(`update-token ${token}`), 204);
    await fixture.request(`${url}/cancel`, "POST", undefined, admin);
    assert.equal(await patch(`update-token ${token}`), 409);
    const { output } = await pulumiIn("things", {}, "stack", "export", "--stack", "lost");
    assert.match(output, /"pending_operations"/);
    // A CLI before 3.225 asks for no journal, and gets none.
    const old = fixture.cloud.organizations.get("acme")!.stacks.get("things/lost")!.begin("update");
    const answer = await fixture.request(url.replace(update.id, old.id), "POST", { tags: {} }, admin);
    assert.equal(answer.json.journalVersion, 0);
    const refused = await fixture.request(
      `${url.replace(update.id, old.id)}/journalentries`,
      "PATCH",
      { entries: [] },
      { Authorization: `update-token ${answer.json.token}` },
    );
    assert.equal(refused.status, 400);
  });
});

/** A stack's state without what differs from run to run: times, made-up ids, the stack's name, and the order of keys. */
function comparable(exported: string, stack: string): unknown {
  const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  const named = new RegExp(`(:|-)${stack}(?=::|")`, "g");
  const { deployment } = JSON.parse(exported.replaceAll(uuid, "UUID").replaceAll(named, "$1STACK")) as {
    deployment: { resources?: Record<string, unknown>[]; pending_operations?: unknown };
  };
  const { resources = [], pending_operations } = deployment;
  return {
    resources: resources.map(({ created: _created, modified: _modified, ...resource }) => resource),
    pending_operations,
  };
}
