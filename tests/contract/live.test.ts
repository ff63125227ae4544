import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultSwitches } from "../../lab/pulumi-cloud/switches";
import { packageRoot } from "../../tools/toolchain/package-root";
import { Fixture } from "../lab/pulumi-cloud/fixture";
import { liveSettings, SettingsMissing } from "./live-target";

describe("contract: npm run test:live", () => {
  const fixture = new Fixture();
  let directory: string;

  before(async () => {
    await fixture.start();
    fixture.cloud.addOrganization({ name: "pulumi" });
    await fixture.issuer({ issuer: "https://agent.buildkite.com" });
    directory = await mkdtemp(join(tmpdir(), "oidc-runner-live-"));
    await writeFile(join(directory, "ca.pem"), fixture.authority.certificatePem);
  });
  after(async () => {
    await fixture.stop();
    await rm(directory, { recursive: true });
  });
  afterEach(() => {
    fixture.cloud.faults.clear();
    Object.assign(fixture.cloud.switches, defaultSwitches());
    // The probe of literalParts sends such definitions on purpose.
    fixture.cloud.nameless.length = 0;
  });

  /** The runner as `npm run test:live` starts it, against the lab. `whenLine` is called with each line of output. */
  const live = (environment: object = {}, whenLine: (line: string, kill: () => void) => void = () => undefined) =>
    new Promise<{ code: number | null; output: string }>((resolve) => {
      const child = spawn(process.execPath, ["dist/tests/contract/live.js"], {
        cwd: packageRoot(),
        env: {
          PATH: process.env.PATH,
          NODE_EXTRA_CA_CERTS: join(directory, "ca.pem"),
          PULUMI_BACKEND_URL: fixture.cloud.url,
          PULUMI_ACCESS_TOKEN: fixture.cloud.adminToken,
          OIDC_RUNNER_LIVE_ORGANIZATION: "acme",
          ...environment,
        },
      });
      let output = "";
      const take = (chunk: Buffer) => {
        output += chunk.toString();
        whenLine(chunk.toString(), () => child.kill("SIGTERM"));
      };
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      child.on("close", (code) => resolve({ code, output }));
    });
  const registered = () => fixture.cloud.organizations.get("acme")?.issuers.size;

  it("prints every switch with what it observed or why not, no token, and leaves nothing", async () => {
    fixture.cloud.switches.deniedStatus = 403;
    const { code, output } = await live();
    assert.equal(code, 0, output);
    for (const name of Object.keys(defaultSwitches())) {
      assert.match(output, new RegExp(`^${name} `, "m"));
    }
    assert.match(output, /^deniedStatus +403 \(the default is 400\); exchanges a token .*; 403 "access_denied: /m);
    assert.match(output, /^scopeEcho +"empty" \(as the default\); reads scope/m);
    assert.match(output, /^driftOperation +not observable: needs a drift run/m);
    assert.doesNotMatch(output, /pul-[0-9a-f]|eyJ/);
    assert.equal(registered(), 0);
  });

  it("goes on after a probe that fails, says why, and still removes everything", async () => {
    fixture.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind: "status", status: 500, times: 99 });
    const { code, output } = await live();
    assert.equal(code, 0, output);
    assert.match(output, /^scopeEcho +not observable: a policy was answered 500/m);
    assert.match(output, /^urlInPatch +"ignore"/m);
    assert.equal(registered(), 0);
  });

  it("names what it could not remove", async () => {
    fixture.cloud.faults.add({ method: "DELETE", path: "*/oidc/issuers/*", kind: "status", status: 500, times: 999 });
    const { code, output } = await live();
    assert.equal(code, 1, output);
    assert.match(output, /remove them by hand: oidc-runner-contract-/);
    fixture.cloud.organizations.get("acme")?.issuers.clear();
  });

  it("ends after a signal, and has removed everything by then", async () => {
    const { code, output } = await live({}, (line, kill) => (/^trailingSlash/m.test(line) ? kill() : undefined));
    assert.equal(code, 1, output);
    assert.match(output, /ending after this probe/);
    assert.doesNotMatch(output, /^scopeEcho +"/m);
    assert.equal(registered(), 0);
  });

  it("refuses to run without its settings, and with a token that is not accepted", async () => {
    for (const missing of ["PULUMI_ACCESS_TOKEN", "OIDC_RUNNER_LIVE_ORGANIZATION"]) {
      const { code, output } = await live({ [missing]: "" });
      assert.equal(code, 2);
      assert.match(output, /^set PULUMI_ACCESS_TOKEN to .* and OIDC_RUNNER_LIVE_ORGANIZATION to .*\n$/);
    }
    const { code, output } = await live({ PULUMI_ACCESS_TOKEN: "pul-abc" });
    assert.deepEqual([code, /^the caller's own name was answered 401 /m.test(output)], [1, true], output);
    assert.doesNotMatch(output, /^ +at |pul-abc/m);
  });

  it("sends the token to https addresses and to this machine alone", () => {
    const settings = { PULUMI_ACCESS_TOKEN: "t", OIDC_RUNNER_LIVE_ORGANIZATION: "acme" };
    assert.equal(liveSettings(settings).apiUrl, "https://api.pulumi.com");
    for (const url of ["https://pulumi.example.com/", "http://127.0.0.1:80", "http://localhost:1"]) {
      assert.equal(liveSettings({ ...settings, PULUMI_BACKEND_URL: url }).apiUrl, url.replace(/\/$/, ""));
    }
    for (const url of ["http://pulumi.example.com", "http://127.0.0.1.example.com", "ftp://localhost", "nowhere"]) {
      assert.throws(() => liveSettings({ ...settings, PULUMI_BACKEND_URL: url }), SettingsMissing, url);
    }
  });
});
