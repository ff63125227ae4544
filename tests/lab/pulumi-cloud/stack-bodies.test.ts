import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { fetch } from "undici";
import { Fixture } from "./fixture";

describe("lab/pulumi-cloud: bodies of stack requests", () => {
  const fixture = new Fixture();
  before(async () => {
    await fixture.start();
    assert.equal((await fixture.api("POST", "/api/stacks/acme/infra", { stackName: "dev" })).status, 200);
  });
  after(() => fixture.stop());

  const importing = async (body: string | Uint8Array, encoding: Record<string, string> = {}) => {
    const { cloud, agent } = fixture;
    const headers = { Authorization: `token ${cloud.adminToken}`, "Content-Type": "application/json", ...encoding };
    const url = `${cloud.url}/api/stacks/acme/infra/dev/import`;
    const answer = await fetch(url, { method: "POST", headers, body, dispatcher: agent });
    return { status: answer.status, message: ((await answer.json()) as { message?: string }).message };
  };
  const GZIP = { "Content-Encoding": "gzip" };
  const CHECKPOINT = JSON.stringify({ version: 3, deployment: { resources: [] } });

  it("reads a checkpoint as it is, compressed, and larger than a megabyte", async () => {
    const large = JSON.stringify({ version: 3, deployment: { resources: ["x".repeat(2 * 1024 * 1024)] } });
    assert.equal((await importing(CHECKPOINT)).status, 200);
    assert.equal((await importing(gzipSync(CHECKPOINT), GZIP)).status, 200);
    assert.equal((await importing(gzipSync(large), GZIP)).status, 200);
    const stack = fixture.cloud.organizations.get("acme")?.stacks.get("infra/dev");
    assert.deepEqual(stack?.checkpoint, JSON.parse(large));
  });

  it("answers 400 to what is not JSON, not compressed, or not a checkpoint", async () => {
    const notJson = { status: 400, message: "Bad Request: the body is not JSON" };
    assert.deepEqual(await importing("{"), notJson);
    assert.deepEqual(await importing(""), notJson);
    assert.deepEqual(await importing(gzipSync("{"), GZIP), notJson);
    assert.deepEqual(await importing(CHECKPOINT, GZIP), notJson);
    assert.match((await importing("{}")).message ?? "", /^Bad Request: version: /);
  });

  it("answers 413 to more than a megabyte elsewhere, compressed or not", async () => {
    const large = JSON.stringify({ stackName: "x".repeat(2 * 1024 * 1024) });
    assert.equal((await fixture.api("POST", "/api/stacks/acme/infra", large)).status, 413);
    const headers = { Authorization: `token ${fixture.cloud.adminToken}`, ...GZIP };
    const url = `${fixture.cloud.url}/api/stacks/acme/infra`;
    const body = gzipSync(large);
    assert.equal((await fetch(url, { method: "POST", headers, body, dispatcher: fixture.agent })).status, 413);
  });
});
