import assert from "node:assert/strict";
import { Hono } from "hono";
import { type Control, startControl } from "../../../lab/control";
import { defaultSwitches } from "../../../lab/pulumi-cloud/switches";
import { Fixture } from "../pulumi-cloud/fixture";

const TOKEN = "control-token";

describe("lab/control", () => {
  const fixture = new Fixture();
  let control: Control;

  before(async () => {
    const pulumiCloud = await fixture.start();
    control = await startControl({
      token: TOKEN,
      certificate: fixture.certificate,
      clock: fixture.clock,
      pulumiCloud,
      mounts: { "/resources": new Hono().get("/", (call) => call.text("mounted")) },
    });
    fixture.onStop(control.stop);
  });
  after(() => fixture.stop());

  const call = (method: string, path: string, body?: unknown, token = TOKEN) =>
    fixture.request(control.url + path, method, body, { Authorization: `Bearer ${token}` });

  it("answers nobody without its token, on no route", async () => {
    for (const path of ["/clock", "/resources", "/pulumi-cloud/switches", "/nothing"]) {
      assert.equal((await call("GET", path, undefined, "wrong")).status, 401);
      assert.equal((await call("GET", path, undefined, fixture.cloud.adminToken)).status, 401);
      assert.equal((await fixture.request(control.url + path, "GET")).status, 401);
    }
    assert.equal((await call("GET", "/resources")).text, "mounted");
    assert.equal((await call("GET", "/nothing")).status, 404);
  });

  it("is not part of Pulumi Cloud", async () => {
    assert.equal((await fixture.api("GET", "/clock")).status, 404);
    assert.equal((await call("GET", "/api/user")).status, 404);
  });

  it("gives the claims of a deployment, whose operation in a drift run is as the switch says", async () => {
    const run = { organization: "acme", project: "site", stack: "prod" };
    const operations = async () => {
      const found: Record<string, string> = {};
      for (const operation of ["update", "detect-drift", "remediate-drift"]) {
        const { claims } = (await call("POST", "/pulumi-cloud/deployment-claims", { ...run, operation })).json;
        assert.ok(claims.sub.includes(`:stack:prod:operation:${claims.operation}:scope:write`), claims.sub);
        found[operation] = claims.operation;
      }
      return found;
    };
    const own = { update: "update", "detect-drift": "detect-drift", "remediate-drift": "remediate-drift" };
    assert.deepEqual(await operations(), own);
    fixture.cloud.switches.driftOperation = "command";
    assert.deepEqual(await operations(), { update: "update", "detect-drift": "refresh", "remediate-drift": "update" });
    fixture.cloud.switches.driftOperation = "own";
    assert.equal((await call("POST", "/pulumi-cloud/deployment-claims", { ...run, operation: "up" })).status, 400);
  });

  it("moves the clock of the whole lab", async () => {
    assert.equal((await call("POST", "/clock", { offsetSeconds: 3600 })).json.offsetSeconds, 3600);
    assert.equal((await call("POST", "/clock", { shiftSeconds: 60 })).json.offsetSeconds, 3660);
    const date = Date.parse((await fixture.api("GET", "/api/user")).headers.get("Date")!);
    assert.ok(date > Date.now() + 3_600_000);
    assert.equal((await call("POST", "/clock", { offset: 1 })).status, 400);
    assert.equal((await call("GET", "/clock")).json.offsetSeconds, 3660);
    await call("POST", "/clock", { offsetSeconds: 0 });
  });

  it("sets, lists and clears faults", async () => {
    const { json } = await call("POST", "/faults", { path: "/api/user", kind: "status", status: 503, times: 5 });
    assert.equal((await fixture.api("GET", "/api/user")).status, 503);
    const [fault] = (await call("GET", "/faults")).json.faults;
    assert.deepEqual([fault.id, fault.hits, fault.remaining], [json.id, 1, 4]);
    assert.equal((await call("DELETE", `/faults/${json.id}`)).json.cleared, 1);
    assert.equal((await fixture.api("GET", "/api/user")).status, 200);
    for (const wrong of [
      { path: "/x", kind: "explode" },
      { kind: "status" },
      { path: "/x", kind: "status", status: 42 },
    ]) {
      assert.equal((await call("POST", "/faults", wrong)).status, 400);
    }
    assert.equal((await call("DELETE", "/faults")).json.cleared, 0);
  });

  it("sets every switch and refuses unknown ones and wrong values", async () => {
    const defaults = JSON.parse(JSON.stringify(defaultSwitches()));
    assert.deepEqual((await call("GET", "/pulumi-cloud/switches")).json, defaults);
    assert.equal((await call("POST", "/pulumi-cloud/switches", { deniedStatus: 401 })).json.deniedStatus, 401);
    for (const wrong of [{ deniedStatus: 200 }, { unknown: true }, { leewaySeconds: -1 }]) {
      assert.equal((await call("POST", "/pulumi-cloud/switches", wrong)).status, 400);
    }
    assert.deepEqual((await call("POST", "/pulumi-cloud/switches", defaults)).json, defaults);
  });

  it("adds organizations, members, roles and environments", async () => {
    const scopes = ["oidc_issuers:read"];
    const added = await call("POST", "/pulumi-cloud/organizations", { name: "umbrella", teams: ["red"] });
    assert.equal(added.json.name, "umbrella");
    assert.equal((await fixture.api("GET", "/api/user", undefined, added.json.adminToken)).status, 200);
    assert.equal((await call("POST", "/pulumi-cloud/organizations", { name: "umbrella" })).status, 409);
    assert.equal((await call("POST", "/pulumi-cloud/organizations", { name: "a b" })).status, 400);
    const more = { users: ["bob"], teams: ["blue"], roles: [{ id: "r", scopes }], runners: [{ id: "i", name: "n" }] };
    const { json } = await call("POST", "/pulumi-cloud/organizations/umbrella", more);
    assert.deepEqual(json.users, { "lab-admin": "admin", bob: "member" });
    assert.deepEqual([json.teams, json.roles, json.runners], [["red", "blue"], more.roles, more.runners]);
    assert.equal((await call("POST", "/pulumi-cloud/organizations/nobody", {})).status, 404);
    const unknownScope = { roles: [{ id: "r", scopes: ["everything"] }] };
    assert.equal((await call("POST", "/pulumi-cloud/organizations/umbrella", unknownScope)).status, 400);
    const environments = [{ project: "default", name: "dev" }];
    await call("PUT", "/pulumi-cloud/organizations/umbrella/environments", environments);
    const listed = await fixture.api("GET", "/api/esc/environments", undefined, added.json.adminToken);
    assert.deepEqual(listed.json.environments, [{ organization: "umbrella", ...environments[0] }]);
    assert.deepEqual((await fixture.api("GET", "/api/esc/environments")).json.environments, []);
  });

  it("shows and clears the journal", async () => {
    await call("DELETE", "/pulumi-cloud/requests");
    await fixture.api("GET", "/api/user");
    const { text, json } = await call("GET", "/pulumi-cloud/requests");
    assert.deepEqual(
      json.requests.map(({ path }: { path: string }) => path),
      ["/api/user"],
    );
    assert.ok(!text.includes(fixture.cloud.adminToken));
  });
});
