import assert from "node:assert/strict";
import { EscFixture } from "./fixture";

const BASE = `values:
  region: eu-west-1
  password:
    fn::secret: hunter2
`;
const DEV = `imports:
  - infra/base
values:
  greeting: hello from \${region}
  who: \${context.pulumi.user.login} of \${context.pulumi.organization.login} in \${context.currentEnvironment.name}
  environmentVariables:
    REGION: \${region}
    PASSWORD: \${password}
`;

describe("lab/pulumi-cloud: ESC environments by the real CLI", () => {
  const esc = new EscFixture();
  before(async function () {
    await esc.startWithEvaluator(this);
    await esc.define("acme/infra/base", BASE);
    await esc.define("acme/infra/dev", DEV);
  });
  after(() => esc.stop());

  it("lists, makes and removes environments", async () => {
    await esc.ok("init", "acme/infra/short-lived");
    const listed = (await esc.ok("ls")).trim().split("\n").sort();
    assert.deepEqual(listed, ["acme/infra/base", "acme/infra/dev", "acme/infra/short-lived"]);
    const again = await esc.env(["init", "acme/infra/short-lived"]);
    assert.notEqual(again.code, 0);
    assert.match(again.stderr, /\[409\] Conflict/);
    await esc.ok("rm", "acme/infra/short-lived", "--yes");
    assert.doesNotMatch(await esc.ok("ls"), /short-lived/);
    const gone = await esc.env(["get", "acme/infra/short-lived", "--definition"]);
    assert.notEqual(gone.code, 0);
    assert.match(gone.stderr, /\[404\] Not Found/);
  });

  it("shows a definition with its secrets encrypted, and in the clear only when asked", async () => {
    const kept = await esc.ok("get", "acme/infra/base", "--definition");
    assert.match(kept, /fn::secret['"]?:\s+ciphertext: ZXNj/);
    assert.doesNotMatch(kept, /hunter2/);
    assert.match(await esc.ok("get", "acme/infra/base", "--definition", "--show-secrets"), /fn::secret['"]?: hunter2/);
    const value = await esc.ok("get", "acme/infra/base", "--value", "json");
    assert.deepEqual(JSON.parse(value), { region: "eu-west-1", password: "[secret]" });
    assert.match(await esc.ok("get", "acme/infra/base", "--value", "json", "--show-secrets"), /hunter2/);
  });

  it("evaluates imports and interpolations, and prints them in every form", async () => {
    assert.match(await esc.ok("get", "acme/infra/dev"), /"greeting": "hello from eu-west-1"/);
    assert.equal(await esc.ok("get", "acme/infra/dev", "greeting", "--value", "string"), "hello from eu-west-1\n");
    assert.match(await esc.ok("get", "acme/infra/dev", "--value", "dotenv"), /^REGION="eu-west-1"$/m);
    assert.match(await esc.ok("get", "acme/infra/dev", "--value", "shell"), /^export REGION="eu-west-1"$/m);
    const opened = JSON.parse(await esc.ok("open", "acme/infra/dev"));
    assert.deepEqual(opened.environmentVariables, { REGION: "eu-west-1", PASSWORD: "hunter2" });
    assert.equal(opened.who, "lab-admin of acme in infra/dev");
    const script = "console.log(process.env.REGION, process.env.PASSWORD.length, process.env.PASSWORD)";
    assert.equal(await esc.ok("run", "acme/infra/dev", "--", "node", "-e", script), "eu-west-1 7 [secret]\n");
  });

  it("sets a value, keeps every version, and refuses a write over another's", async () => {
    await esc.define("acme/infra/versions", "values:\n  a: 1\n");
    await esc.ok("set", "acme/infra/versions", "b", "two");
    await esc.ok("set", "acme/infra/versions", "s", "three", "--secret");
    assert.deepEqual(JSON.parse(await esc.ok("open", "acme/infra/versions")), { a: 1, b: "two", s: "three" });
    assert.deepEqual(JSON.parse(await esc.ok("open", "acme/infra/versions@3")), { a: 1, b: "two" });
    assert.equal(await esc.ok("get", "acme/infra/versions@2", "--definition"), "values:\n  a: 1\n");
    const path = "/api/esc/environments/acme/infra/versions";
    const { headers } = await esc.api("GET", path);
    const write = (etag: string) =>
      esc.request(esc.cloud.url + path, "PATCH", "values:\n  a: 2\n", {
        Authorization: `token ${esc.cloud.adminToken}`,
        ETag: etag,
      });
    const etag = headers.get("ETag") ?? "";
    const first = await write(etag);
    assert.deepEqual([first.status, first.headers.get("Pulumi-ESC-Revision")], [200, "5"]);
    assert.equal((await write(etag)).status, 409);
  });

  it("says where a definition is wrong, and keeps the one before", async () => {
    for (const [definition, message] of [
      ["values:\n  a: ${b}\n", /unknown property "b"/],
      ["imports: [infra/nothing]\nvalues: {}\n", /environment 'infra\/nothing' not found/],
      ["values:\n  v:\n    fn::open::vault-login: {}\n", /unknown provider "vault-login"/],
      ["values:\n  v:\n    fn::open::aws-login: { oidc: { sessionName: x } }\n", /roleArn/],
      ["values: [\n", /yaml: /],
    ] as const) {
      assert.match(await esc.define("acme/infra/base", definition), message);
    }
    assert.match(await esc.ok("get", "acme/infra/base", "--definition"), /region: eu-west-1/);
  });

  it("opens one only for as long as it was asked for, by the lab's clock", async () => {
    const path = "/api/esc/environments/acme/infra/dev/open";
    const { id } = (await esc.api("POST", `${path}?duration=1h0m0s`)).json;
    const read = async () => (await esc.api("GET", `${path}/${id}`)).status;
    assert.equal(await read(), 200);
    assert.equal((await esc.api("GET", `/api/esc/environments/acme/infra/base/open/${id}`)).status, 404);
    esc.clock.shift(3601);
    assert.equal(await read(), 404);
    esc.clock.setOffset(0);
    assert.equal((await esc.api("POST", `${path}?duration=soon`)).status, 400);
  });

  it("shows nothing to a token of another organization", async () => {
    const token = esc.cloud.addOrganization({ name: "umbrella" });
    for (const words of [
      ["get", "acme/infra/dev", "--definition"],
      ["open", "acme/infra/dev"],
      ["rm", "acme/infra/dev", "--yes"],
    ]) {
      const { code, stdout, stderr } = await esc.env(words, { token });
      assert.notEqual(code, 0);
      assert.match(stdout + stderr, /\[404\] Not Found: organization/);
    }
    assert.equal((await esc.env(["ls"], { token })).stdout.trim(), "");
    const { id } = (await esc.api("POST", "/api/esc/environments/acme/infra/dev/open")).json;
    await esc.api("POST", "/api/esc/environments/umbrella", { project: "infra", name: "dev" }, token);
    const theirs = "/api/esc/environments/umbrella/infra/dev";
    assert.equal((await esc.api("GET", theirs, undefined, token)).status, 200);
    assert.equal((await esc.api("GET", `${theirs}/open/${id}`, undefined, token)).status, 404);
    assert.match(await esc.ok("ls"), /infra\/dev/);
  });
});

describe("lab/pulumi-cloud: ESC environments without an evaluator", () => {
  const esc = new EscFixture();
  before(() => esc.startWith({ missing: "Go is not on PATH" }));
  after(() => esc.stop());

  it("are made, listed and removed, and the reason is told where one would be evaluated", async () => {
    await esc.ok("init", "acme/infra/dev");
    assert.match(await esc.ok("ls"), /infra\/dev/);
    const opened = await esc.env(["open", "acme/infra/dev"]);
    assert.notEqual(opened.code, 0);
    assert.match(
      opened.stderr,
      /\[501\] Not Implemented: this lab has no evaluator of ESC environments: Go is not on PATH/,
    );
    await esc.ok("rm", "acme/infra/dev", "--yes");
  });
});
