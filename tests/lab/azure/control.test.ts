import assert from "node:assert/strict";
import { azureControlRoutes } from "../../../lab/azure";
import { AzureFixture } from "./fixture";

describe("control of the lab's Azure", () => {
  const lab = new AzureFixture();
  before(() => lab.start());
  after(() => lab.stop());

  const call = async (method: string, path: string, body?: object) => {
    const init = {
      method,
      headers: { "Content-Type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    };
    const response = await azureControlRoutes(lab.azure).request(path, init);
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };

  it("sets faults on Entra ID, and shows and forgets what it was asked", async () => {
    const path = `/${lab.azure.describe().tenantId}/oauth2/v2.0/token`;
    assert.equal((await call("POST", "/entra/faults", { path, kind: "status", status: 503 })).status, 200);
    const { status, json } = await lab.request();
    assert.deepEqual([status, json.error], [503, "temporarily_unavailable"]);
    assert.notEqual((await lab.request()).status, 503);
    const { requests } = (await call("GET", "/entra/requests")).body;
    assert.deepEqual(
      requests.map((request: { path: string; fault?: string }) => [request.path, request.fault]),
      [
        [path, "status"],
        [path, undefined],
      ],
    );
    await call("DELETE", "/entra/requests");
    assert.deepEqual((await call("GET", "/entra/requests")).body, { requests: [] });
  });

  it("shows and sets the switches, and refuses others", async () => {
    const { body } = await call("GET", "/switches");
    assert.deepEqual(body, {
      namesFirst: "subject",
      leewaySeconds: 300,
      accessTokenSeconds: 3599,
      propagationSeconds: 0,
      writeMs: 50,
    });
    assert.deepEqual((await call("POST", "/switches", { writeMs: 0 })).body, { ...body, writeMs: 0 });
    for (const wrong of [{ writeMs: -1 }, { leewaySeconds: "5" }, { other: 1 }]) {
      assert.equal((await call("POST", "/switches", wrong)).status, 400, JSON.stringify(wrong));
    }
  });

  it("shows identities and role assignments", async () => {
    assert.deepEqual((await call("GET", "/identities")).body, { identities: [] });
    assert.deepEqual((await call("GET", "/role-assignments")).body, { roleAssignments: [] });
  });
});
