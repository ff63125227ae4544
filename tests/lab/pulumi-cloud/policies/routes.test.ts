import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { allow, Fixture } from "../fixture";

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
    assert.deepEqual(policies, [
      { decision: "deny", tokenType: "organization", authorizedPermissions: [], rules: { sub: "" } },
    ]);
    assert.match(created, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
    const path = "/api/orgs/acme/auth/policies";
    assert.equal((await fixture.api("GET", `${path}/${policyId}`)).text, "404 page not found\n");
    assert.equal((await fixture.api("PATCH", `${path}/${issuerId}`, { policies: [allow({ sub: "s" })] })).status, 404);
    assert.equal(
      (await fixture.api("GET", `${path}/oidcissuers/nonsense`)).json.message,
      "Bad Request: Invalid issuer ID",
    );
    const unknown = () => fixture.api("GET", `${path}/oidcissuers/${randomUUID()}`);
    assert.equal((await unknown()).json.message, "Bad Request: Invalid issuer ID");
    fixture.cloud.switches.policyOfUnknownIssuer = 404;
    assert.equal((await unknown()).json.message, "Not Found: oidc issuer");
    fixture.cloud.switches.policyOfUnknownIssuer = 400;
  });

  it("replaces the whole list, keeps order and unknown fields, and bumps the version", async () => {
    const { version } = await read();
    const policies = [
      { ...allow({ z: "1", a: "2" }), future: { x: [1] } },
      allow({ '"kubernetes.io".namespace': "n" }, { tokenType: "team", teamName: "web" }),
      { decision: "deny", tokenType: "personal", userLogin: "ada", authorizedPermissions: [], rules: { sub: "e*" } },
    ];
    const answer = await write(policies);
    assert.deepEqual([answer.status, answer.json.version], [200, version + 1]);
    assert.deepEqual((await read()).policies, policies);
    const { authorizedPermissions: _, ...bare } = allow({ sub: "s" });
    await write([bare]);
    assert.deepEqual((await read()).policies, [allow({ sub: "s" })]);
    await write([{ ...bare, authorizedPermissions: null, teamName: null }]);
    assert.deepEqual((await read()).policies, [allow({ sub: "s" })]);
  });

  it("refuses with 400 what it cannot hold, and changes nothing", async () => {
    const before = await read();
    const refused: Record<string, unknown> = {
      "no list": undefined,
      "an empty list": [],
      "5001 definitions": Array.from({ length: 5001 }, () => allow({ sub: "s" })),
      "an unknown token type": [{ ...allow({ sub: "s" }), tokenType: "org" }],
      "an unknown decision": [{ ...allow({ sub: "s" }), decision: "Allow" }],
      "a team without name": [{ ...allow({ sub: "s" }), tokenType: "team" }],
      "a personal token without user": [{ ...allow({ sub: "s" }), tokenType: "personal", teamName: "web" }],
      "a runner without id": [{ ...allow({ sub: "s" }), tokenType: "runner", runnerID: "" }],
      "no rules": [{ ...allow({ sub: "s" }), rules: undefined }],
      "a rule that is an object": [{ ...allow({ sub: "s" }), rules: { sub: {} } }],
      "an unclosed quote": [allow({ '"kubernetes.io.namespace': "n" })],
      "a trailing dot": [allow({ "sub.": "n" })],
    };
    for (const [what, policies] of Object.entries(refused)) {
      const answer = await write(policies);
      assert.deepEqual([answer.status, answer.json.code], [400, 400], what);
    }
    assert.match((await write([])).json.message, /policy definition can not be empty/);
    assert.deepEqual(await read(), before);
    assert.equal((await write(Array.from({ length: 5000 }, () => allow({ sub: "s" })))).status, 200);
  });

  it("refuses a rule without a literal character in the words of the service, as the switch says", async () => {
    const before = await read();
    const message = (key: string) => `Bad Request: key ${key} should at least have a strict matching portion`;
    const rules = { aud: "urn:pulumi:org:acme", sub: "s" };
    for (const pattern of ["", "*", "?", ".*"]) {
      for (const key of ["sub", "aud"]) {
        const answer = await write([allow(rules), { ...allow({ ...rules, [key]: pattern }), decision: "deny" }]);
        assert.deepEqual([answer.status, answer.json], [400, { code: 400, message: message(key) }]);
      }
    }
    assert.equal((await write([{ ...allow({}), decision: "deny" }])).status, 400);
    assert.deepEqual(await read(), before);
    assert.equal((await write([{ ...allow({ ...rules, sub: "s*" }), decision: "deny" }])).status, 200);

    fixture.cloud.switches.literalParts = "non-empty";
    assert.equal((await write([allow({ sub: "" })])).json.message, message("sub"));
    assert.equal((await write([allow({ sub: "*" })])).status, 200);
    fixture.cloud.switches.literalParts = "optional";
    assert.equal((await write([allow({ sub: "" }), allow({})])).status, 200);
    fixture.cloud.switches.literalParts = "required";
    // Sent on purpose: see `watchSent`.
    fixture.cloud.nameless.length = 0;
  });

  it("notes each definition without any literal character that it is sent, whatever becomes of it", async () => {
    const nothing = [allow({ sub: "*" }), allow({}), allow({ sub: "" })];
    fixture.cloud.nameless.length = 0;
    await write([...nothing, allow({ aud: "a", sub: "*" })]);
    const noted = fixture.cloud.nameless.splice(0);
    assert.deepEqual(
      noted.map((text) => JSON.parse(text)),
      nothing,
    );
  });

  it("takes policies for runner tokens unless the switch says so", async () => {
    const pool = allow({ sub: "s" }, { tokenType: "runner", runnerID: "r-1" });
    assert.equal((await write([pool])).status, 200);
    fixture.cloud.switches.runnerPolicies = "refuse";
    assert.equal((await write([pool])).status, 400);
    fixture.cloud.switches.runnerPolicies = "accept";
  });

  it("asks an allow for organization tokens for a permission or a role only when the switch says so", async () => {
    const bare = allow({ sub: "s" });
    assert.equal((await write([bare])).status, 200);
    fixture.cloud.switches.organizationNeedsPermissionOrRole = true;
    assert.equal((await write([bare])).status, 400);
    assert.equal((await write([{ ...bare, authorizedPermissions: null }])).status, 400);
    for (const enough of [
      { ...bare, authorizedPermissions: ["admin"] },
      { ...bare, roleID: "r" },
      { ...bare, decision: "deny" },
      { ...bare, tokenType: "team", teamName: "web" },
    ]) {
      assert.equal((await write([enough])).status, 200, JSON.stringify(enough));
    }
    fixture.cloud.switches.organizationNeedsPermissionOrRole = false;
  });

  it("checks that teams and users exist only when the switch says so", async () => {
    const ghosts = [allow({ sub: "s" }, { tokenType: "team", teamName: "ghosts" })];
    assert.equal((await write(ghosts)).status, 200);
    fixture.cloud.switches.policyPrincipalsMustExist = true;
    assert.equal((await write(ghosts)).status, 400);
    assert.equal((await write([allow({ sub: "s" }, { tokenType: "team", teamName: "web" })])).status, 200);
    assert.equal((await write([allow({ sub: "s" }, { tokenType: "team", teamName: "we*" })])).status, 200);
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
