import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { allow, Fixture } from "./fixture";

describe("lab/pulumi-cloud: auth policy routes", () => {
  const fixture = new Fixture();
  let issuerId: string;
  let policyId: string;
  const read = async () => (await fixture.api("GET", `/api/orgs/acme/auth/policies/oidcissuers/${issuerId}`)).json;
  const write = (policies: unknown) => fixture.api("PATCH", `/api/orgs/acme/auth/policies/${policyId}`, { policies });

  before(async () => {
    await fixture.start();
    const { issuer } = await fixture.issuer();
    issuerId = (await fixture.api("POST", "/api/orgs/acme/oidc/issuers", { name: "n", url: issuer })).json.id;
    policyId = (await read()).id;
  });
  after(() => fixture.stop());

  it("starts at version 1 with a deny, is read by issuer id and written by policy id only", async () => {
    const { version, policies, created } = await read();
    assert.equal(version, 1);
    assert.deepEqual(policies, [{ decision: "deny", tokenType: "organization", authorizedPermissions: [], rules: {} }]);
    assert.match(created, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
    const path = "/api/orgs/acme/auth/policies";
    assert.equal((await fixture.api("GET", `${path}/${policyId}`)).text, "404 page not found\n");
    assert.equal((await fixture.api("PATCH", `${path}/${issuerId}`, { policies: [allow({})] })).status, 404);
    assert.equal(
      (await fixture.api("GET", `${path}/oidcissuers/nonsense`)).json.message,
      "Bad Request: Invalid issuer ID",
    );
    assert.equal((await fixture.api("GET", `${path}/oidcissuers/${randomUUID()}`)).status, 404);
  });

  it("replaces the whole list, keeps order and unknown fields, and bumps the version", async () => {
    const { version } = await read();
    const policies = [
      { ...allow({ z: "1", a: "2" }), future: { x: [1] } },
      allow({ '"kubernetes.io".namespace': "n" }, { tokenType: "team", teamName: "web" }),
      { decision: "deny", tokenType: "personal", userLogin: "ada", authorizedPermissions: [], rules: {} },
    ];
    const answer = await write(policies);
    assert.deepEqual([answer.status, answer.json.version], [200, version + 1]);
    assert.deepEqual((await read()).policies, policies);
    const { authorizedPermissions: _, ...bare } = allow({ sub: "s" });
    await write([bare]);
    assert.deepEqual((await read()).policies, [allow({ sub: "s" })]);
    await write([{ ...bare, authorizedPermissions: null }]);
    assert.deepEqual((await read()).policies, [allow({ sub: "s" })]);
  });

  it("refuses with 400 what it cannot hold, and changes nothing", async () => {
    const before = await read();
    const refused: Record<string, unknown> = {
      "no list": undefined,
      "an empty list": [],
      "41 definitions": Array.from({ length: 41 }, () => allow({ sub: "s" })),
      "an unknown token type": [{ ...allow({}), tokenType: "org" }],
      "an unknown decision": [{ ...allow({}), decision: "Allow" }],
      "a team without name": [{ ...allow({}), tokenType: "team" }],
      "a personal token without user": [{ ...allow({}), tokenType: "personal", teamName: "web" }],
      "a runner without id": [{ ...allow({}), tokenType: "runner", runnerID: "" }],
      "no rules": [{ ...allow({}), rules: undefined }],
      "a rule that is an object": [{ ...allow({}), rules: { sub: {} } }],
      "an unclosed quote": [allow({ '"kubernetes.io.namespace': "n" })],
      "a trailing dot": [allow({ "sub.": "n" })],
    };
    for (const [what, policies] of Object.entries(refused)) {
      const answer = await write(policies);
      assert.deepEqual([answer.status, answer.json.code], [400, 400], what);
    }
    assert.match((await write([])).json.message, /policy definition can not be empty/);
    assert.deepEqual(await read(), before);
    assert.equal((await write(Array.from({ length: 40 }, () => allow({ sub: "s" })))).status, 200);
  });

  it("checks that teams and users exist only when the switch says so", async () => {
    const ghosts = [allow({}, { tokenType: "team", teamName: "ghosts" })];
    assert.equal((await write(ghosts)).status, 200);
    fixture.cloud.switches.policyPrincipalsMustExist = true;
    assert.equal((await write(ghosts)).status, 400);
    assert.equal((await write([allow({}, { tokenType: "team", teamName: "web" })])).status, 200);
    assert.equal((await write([allow({}, { tokenType: "team", teamName: "we*" })])).status, 200);
    fixture.cloud.switches.policyPrincipalsMustExist = false;
  });

  it("keeps, collapses or refuses equal definitions as the switch says", async () => {
    const { authorizedPermissions: _, ...bare } = allow({ sub: "twice" });
    const list = [allow({ sub: "twice" }), allow({ sub: "other" }), { ...bare, teamName: null }];
    const subs = async () =>
      (await read()).policies.map((definition: { rules: { sub: string } }) => definition.rules.sub);
    assert.equal((await write(list)).status, 200);
    assert.deepEqual(await subs(), ["twice", "other", "twice"]);
    fixture.cloud.switches.equalDefinitions = "collapse";
    assert.equal((await write(list)).status, 200);
    assert.deepEqual(await subs(), ["twice", "other"]);
    fixture.cloud.switches.equalDefinitions = "reject";
    const { version } = await read();
    assert.equal((await write(list)).status, 400);
    assert.equal((await read()).version, version);
    assert.equal((await write([...list.slice(0, 2), allow({ sub: "twice" }, { roleID: "r" })])).status, 200);
    assert.deepEqual(await subs(), ["twice", "other", "twice"]);
    fixture.cloud.switches.equalDefinitions = "keep";
  });
});
