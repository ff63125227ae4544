import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "../../../lab/http/fingerprint";
import type { PulumiCloud } from "../../../lab/pulumi-cloud";
import { connect } from "../../../pulumi-cloud/api/connect";
import { Fixture } from "../pulumi-cloud/fixture";

/** What decides on the token that is sent; everything else of the environment stays. */
const VARIABLES = ["PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_API", "PULUMI_CREDENTIALS_PATH"];

describe("two Pulumi Clouds", () => {
  const fixture = new Fixture();
  const saved = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
  let one: PulumiCloud;
  let other: PulumiCloud;
  let home: string;

  before(async () => {
    one = await fixture.start();
    other = await fixture.start();
  });
  after(() => fixture.stop());
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "oidc-runner-clouds-"));
    setEnvironment({});
    one.journal.clear();
    other.journal.clear();
    one.faults.clear();
  });
  afterEach(() => {
    for (const name of VARIABLES) {
      restore(name, saved[name]);
    }
    rmSync(home, { recursive: true, force: true });
  });

  function restore(name: string, value: string | undefined): void {
    if (value === undefined) {
      delete process.env[name];
    } else {
      process.env[name] = value;
    }
  }

  function setEnvironment(env: Record<string, string>): void {
    for (const name of VARIABLES) {
      restore(name, env[name]);
    }
    process.env.PULUMI_CREDENTIALS_PATH = home;
  }

  const listIssuers = async (cloud: PulumiCloud) => {
    const connection = { organization: "acme", apiUrl: cloud.url, caCertificates: fixture.authority.certificatePem };
    return (await connect(connection)).listIssuers();
  };
  /** Fingerprints of the credentials a server was sent. */
  const credentials = (cloud: PulumiCloud) => cloud.journal.list().map(({ credential }) => credential);
  const ownToken = (cloud: PulumiCloud) => fingerprint(cloud.adminToken);

  for (const variable of ["PULUMI_BACKEND_URL", "PULUMI_API"]) {
    it(`get no token of each other's from the environment (${variable})`, async () => {
      setEnvironment({ PULUMI_ACCESS_TOKEN: one.adminToken, [variable]: one.url });
      await assert.rejects(listIssuers(other), (error: Error & { code?: string }) => {
        assert.equal(error.code, "TOKEN_FOR_OTHER_API");
        assert.ok(error.message.includes(one.url) && error.message.includes(other.url), error.message);
        assert.ok(!error.message.includes(one.adminToken));
        return true;
      });
      assert.deepEqual(credentials(other), []);
      // The same environment does reach the server that the token is for.
      await listIssuers(one);
      assert.deepEqual(credentials(one), [ownToken(one)]);
    });
  }

  it("each get their own token where both are logged in to", async () => {
    const accounts = { [one.url]: { accessToken: one.adminToken }, [other.url]: { accessToken: other.adminToken } };
    writeFileSync(join(home, "credentials.json"), JSON.stringify({ current: one.url, accounts }));
    await listIssuers(one);
    await listIssuers(other);
    assert.deepEqual([credentials(one), credentials(other)], [[ownToken(one)], [ownToken(other)]]);
    // The environment's token is of the one; the other's stays the stored one.
    process.env.PULUMI_ACCESS_TOKEN = one.adminToken;
    process.env.PULUMI_BACKEND_URL = one.url;
    await listIssuers(other);
    assert.deepEqual(credentials(other), [ownToken(other), ownToken(other)]);
  });

  it("get no token by the stored login of the other", async () => {
    const accounts = { [one.url]: { accessToken: one.adminToken } };
    writeFileSync(join(home, "credentials.json"), JSON.stringify({ current: one.url, accounts }));
    await assert.rejects(listIssuers(other), { code: "NOT_LOGGED_IN" });
    assert.deepEqual(credentials(other), []);
  });

  for (const status of [301, 302, 307, 308]) {
    it(`get no token by a redirect from one to the other (${status})`, async () => {
      setEnvironment({ PULUMI_ACCESS_TOKEN: one.adminToken, PULUMI_API: one.url });
      const headers = { Location: `${other.url}/api/orgs/acme/oidc/issuers` };
      one.faults.add({ path: "/api/orgs/acme/oidc/issuers", kind: "status", status, headers });
      await assert.rejects(listIssuers(one), { code: "PULUMI_CLOUD_REDIRECTED" });
      assert.deepEqual(credentials(one), [ownToken(one)]);
      assert.deepEqual(other.journal.list(), []);
    });
  }
});
