import assert from "node:assert/strict";
import { gcpControlRoutes } from "../../../lab/gcp/control";
import { GcpFixture, POOL } from "./fixture";

describe("control of the lab's Google", () => {
  const lab = new GcpFixture();
  before(() => lab.start());
  after(() => lab.stop());

  const call = async (method: string, path: string, body?: object) => {
    const init = {
      method,
      ...(body && { body: JSON.stringify(body) }),
      headers: { "Content-Type": "application/json" },
    };
    const response = await gcpControlRoutes(lab.gcp).request(path, init);
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };

  for (const [service, url, ask] of [
    ["sts", () => lab.gcp.sts.url, "/v1/token"],
    ["iam-credentials", () => lab.gcp.iamCredentials.url, "/v1/projects/-/serviceAccounts/a:generateIdToken"],
    ["oauth", () => lab.gcp.oauth.url, "/oauth2/v3/certs"],
  ] as const) {
    it(`sets faults on ${service} alone, and shows and forgets what it was asked`, async () => {
      await call("DELETE", `/${service}/requests`);
      assert.equal((await call("POST", `/${service}/faults`, { path: ask, kind: "status", status: 429 })).status, 200);
      assert.equal((await lab.request(url() + ask, { method: "POST" })).status, 429);
      assert.notEqual((await lab.request(url() + ask, { method: "POST" })).status, 429);
      const { requests } = (await call("GET", `/${service}/requests`)).body;
      assert.deepEqual(
        requests.map(({ path, fault }: { path: string; fault?: string }) => [path, fault]),
        [
          [ask, "status"],
          [ask, undefined],
        ],
      );
      await call("DELETE", `/${service}/requests`);
      assert.deepEqual((await call("GET", `/${service}/requests`)).body, { requests: [] });
      for (const other of ["sts", "iam-credentials", "oauth", "metadata"].filter((name) => name !== service)) {
        assert.deepEqual((await call("GET", `/${other}/requests`)).body, { requests: [] });
      }
    });
  }

  it("sets switches that exist, to values they have", async () => {
    assert.deepEqual((await call("GET", "/sts/switches")).body, { leewaySeconds: 60, federatedTokenSeconds: 3599 });
    assert.equal((await call("POST", "/sts/switches", { federatedTokenSeconds: 30 })).body.federatedTokenSeconds, 30);
    assert.equal((await lab.exchange(await lab.podToken(lab.prod, "a/b"))).json.expires_in, 30);
    assert.equal((await call("POST", "/metadata/switches", { notReadySeconds: 2 })).status, 200);
    assert.equal(lab.gcp.metadata.switches.notReadySeconds, 2);
    assert.equal((await call("POST", "/metadata/switches", { notReadySeconds: 0 })).status, 200);
    for (const wrong of [{ leewaySeconds: -1 }, { federatedTokenSeconds: 0 }, { leeway: 1 }]) {
      assert.equal((await call("POST", "/sts/switches", wrong)).status, 400);
    }
  });

  it("opens a metadata server for a ServiceAccount of a GKE-shaped cluster", async () => {
    const workload = { namespace: "team-a", serviceAccountName: "deployer" };
    const { url } = (await call("POST", "/metadata/servers", { cluster: "prod", ...workload })).body;
    const path = `${url}/computeMetadata/v1/instance/service-accounts/default/email`;
    assert.equal((await lab.request(path, { headers: { "Metadata-Flavor": "Google" } })).text, POOL);
    assert.deepEqual((await call("GET", "/metadata/servers")).body, { workloads: [workload] });
    assert.equal((await call("POST", "/metadata/servers", { cluster: "none", ...workload })).status, 404);
    assert.equal((await call("POST", "/metadata/servers", { cluster: "prod" })).status, 400);
  });
});
