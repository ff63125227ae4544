import assert from "node:assert/strict";
import { pins } from "../../../tools/toolchain/download/pinned";
import type { TestIssuer } from "../../helpers/issuer";
import { allow, Fixture, podClaims } from "./fixture";

const ISSUERS = "/api/orgs/acme/oidc/issuers";
const TYPE = "urn:pulumi:token-type:access_token:";

describe("lab/pulumi-cloud: who may do what", () => {
  const fixture = new Fixture();
  let issuer: TestIssuer;
  let id: string;
  before(async () => {
    await fixture.start();
    issuer = await fixture.issuer();
    id = await fixture.trust(issuer.issuer, [allow({ sub: "*" })]);
  });
  after(() => fixture.stop());
  afterEach(() => fixture.clock.setOffset(0));

  const tokenFor = async (definition: ReturnType<typeof allow>, parameters: Record<string, unknown> = {}) => {
    await fixture.setPolicy(id, [definition]);
    const answer = await fixture.exchange(await issuer.sign(podClaims("a", "b")), parameters);
    assert.equal(answer.status, 200, answer.text);
    return answer.json.access_token as string;
  };
  const status = async (method: string, path: string, token: string, body?: unknown) =>
    (await fixture.api(method, path, body, token)).status;

  it("answers 401 without credentials, with wrong ones and with another scheme", async () => {
    const answer = await fixture.api("GET", ISSUERS, undefined, "");
    const message = "Unauthorized: No credentials provided or are invalid.";
    assert.deepEqual([answer.status, answer.json], [401, { code: 401, message }]);
    assert.equal(await status("GET", "/api/user", `${fixture.cloud.adminToken}0`), 401);
    const bearer = { Authorization: `Bearer ${fixture.cloud.adminToken}` };
    assert.equal((await fixture.request(`${fixture.cloud.url}/api/user`, "GET", undefined, bearer)).status, 401);
    assert.equal(await status("GET", "/api/user", fixture.cloud.adminToken), 200);
  });

  it("ends an exchanged token by the lab's clock, and never the administrator's", async () => {
    const token = await tokenFor(allow({ sub: "*" }), { expiration: 600 });
    fixture.clock.shift(599);
    assert.equal(await status("GET", "/api/user", token), 200);
    fixture.clock.shift(2);
    assert.equal(await status("GET", "/api/user", token), 401);
    assert.equal(await status("GET", "/api/user", fixture.cloud.adminToken), 200);
  });

  it("shows teams and members to the organization's tokens, and pools and roles to its administrators", async () => {
    const organization = fixture.cloud.organizations.get("acme")!;
    organization.teams.add("platform");
    organization.runners.push({ id: "pool-1", name: "build" });
    const at = (list: string, name = "acme") => `/api/orgs/${name}/${list}`;
    const token = await tokenFor(allow({ sub: "*" }));
    for (const list of ["teams", "members"]) {
      assert.equal(await status("GET", at(list), token), 200);
      assert.equal(await status("GET", at(list, "other"), token), 404);
    }
    organization.roles.set("role-1", { id: "role-1", name: "Deployer", scopes: [] });
    for (const list of ["agent-pools", "roles"]) assert.equal(await status("GET", at(list), token), 403);
    fixture.cloud.switches.tokenOwnersShownTo = "administrators";
    assert.equal(await status("GET", at("teams"), token), 403);
    fixture.cloud.switches.tokenOwnersShownTo = "organization";
    const listed = async (list: string) =>
      (await fixture.api("GET", at(list), undefined, fixture.cloud.adminToken)).json;
    assert.deepEqual((await listed("agent-pools")).agentPools.at(-1), { id: "pool-1", name: "build", description: "" });
    const { id, name } = (await listed("roles")).roles.at(-1);
    assert.deepEqual([id, name], ["role-1", "Deployer"]);
  });

  it("lets a role do what its scopes say and nothing else", async () => {
    const organization = fixture.cloud.organizations.get("acme")!;
    organization.roles.set("role-1", { id: "role-1", scopes: ["oidc_issuers:read", "auth_policies:read"] });
    const token = await tokenFor(allow({ sub: "*" }, { roleID: "role-1" }));
    assert.equal(await status("GET", ISSUERS, token), 200);
    assert.equal(await status("GET", `/api/orgs/acme/auth/policies/oidcissuers/${id}`, token), 200);
    const policy = organization.policyOf(id)!;
    const path = `/api/orgs/acme/auth/policies/${policy.id}`;
    assert.equal(await status("PATCH", path, token, { policies: policy.policies }), 403);
    assert.equal(await status("POST", ISSUERS, token, { name: "n", url: "https://x.example" }), 403);
    assert.equal(await status("PATCH", `${ISSUERS}/${id}`, token, { name: "n" }), 403);
    assert.equal(await status("POST", `${ISSUERS}/${id}/regenerate-thumbprints`, token), 403);
    assert.equal(await status("DELETE", `${ISSUERS}/${id}`, token), 403);
    organization.roles.set("role-1", { id: "role-1", scopes: [] });
    assert.equal(await status("GET", ISSUERS, token), 403);
    fixture.cloud.switches.forbiddenStatus = 404;
    assert.equal(await status("GET", ISSUERS, token), 404);
    fixture.cloud.switches.forbiddenStatus = 403;
    const unknownRole = await tokenFor(allow({ sub: "*" }, { roleID: "role-2" }));
    assert.equal(await status("GET", ISSUERS, unknownRole), 403);
  });

  it("keeps organizations apart", async () => {
    const other = fixture.cloud.addOrganization({ name: "umbrella" });
    assert.equal(await status("GET", "/api/orgs/umbrella/oidc/issuers", other), 200);
    assert.equal(await status("GET", ISSUERS, other), 403);
    assert.equal(await status("GET", "/api/orgs/umbrella/oidc/issuers", fixture.cloud.adminToken), 403);
    assert.equal(await status("GET", "/api/orgs/nobody/oidc/issuers", fixture.cloud.adminToken), 404);
    const body = { name: "same", url: issuer.issuer };
    assert.equal(await status("POST", "/api/orgs/umbrella/oidc/issuers", other, body), 200);
    await fixture.setPolicy(id, [allow({ sub: "*" })]);
    const token = await issuer.sign(podClaims("a", "b"));
    assert.equal((await fixture.exchange(token)).status, 200);
    assert.equal((await fixture.exchange(token, { audience: "urn:pulumi:org:umbrella" })).status, 400);
  });

  it("says who a token is: a user for a personal one, a machine otherwise", async () => {
    const user = async (token: string) => (await fixture.api("GET", "/api/user", undefined, token)).json;
    const machine = await user(await tokenFor(allow({ sub: "*" })));
    assert.deepEqual(machine.tokenInfo, { name: "oidc:test", organization: "acme" });
    assert.ok(machine.githubLogin !== "" && machine.organizations[0].githubLogin === "acme");
    const team = allow({ sub: "*" }, { tokenType: "team", teamName: "web" });
    const asTeam = { requested_token_type: `${TYPE}team`, scope: "team:web" };
    assert.equal((await user(await tokenFor(team, asTeam))).tokenInfo.team, "web");
    const personal = allow({ sub: "*" }, { tokenType: "personal", userLogin: "ada" });
    const asAda = { requested_token_type: `${TYPE}personal`, scope: "user:ada" };
    const ada = await tokenFor(personal, asAda);
    assert.deepEqual([(await user(ada)).githubLogin, (await user(ada)).tokenInfo], ["ada", undefined]);
    assert.equal(await status("GET", ISSUERS, ada), 403);
    fixture.cloud.organizations.get("acme")!.users.set("ada", "admin");
    assert.equal(await status("GET", ISSUERS, ada), 200);
  });

  it("answers what the CLI asks, plain text for what it does not know, and dates by the lab's clock", async () => {
    const { cloud } = fixture;
    const fallback = await fixture.api("GET", "/api/user/organizations/default");
    assert.deepEqual(fallback.json, { GitHubLogin: "acme", Messages: [] });
    assert.deepEqual((await fixture.api("GET", "/api/capabilities", undefined, "")).json, { capabilities: [] });
    assert.equal((await fixture.api("GET", "/api/cli/version", undefined, "")).json.latestVersion, pins.pulumi.version);
    cloud.organizations.get("acme")!.replaceEnvironments([{ project: "default", name: "dev" }]);
    const expected = { environments: [{ organization: "acme", project: "default", name: "dev" }] };
    assert.deepEqual((await fixture.api("GET", "/api/esc/environments")).json, expected);
    assert.equal(await status("GET", "/api/esc/environments", "wrong"), 401);
    assert.equal(await status("GET", "/api/esc/environments/umbrella", cloud.adminToken), 404);
    fixture.clock.shift(86_400);
    const answer = await fixture.api("GET", "/api/nothing");
    assert.deepEqual([answer.status, answer.text], [404, "404 page not found\n"]);
    const skew = Math.abs(Date.parse(answer.headers.get("Date")!) - fixture.clock.now());
    assert.ok(skew < 60_000, `${skew}`);
  });

  it("refuses a body larger than a megabyte, and one that is no JSON, without repeating it", async () => {
    const big = JSON.stringify({ name: "x".repeat(1_100_000) });
    assert.equal(await status("POST", ISSUERS, fixture.cloud.adminToken, big), 413);
    const answer = await fixture.api("POST", ISSUERS, "secret-text");
    assert.deepEqual([answer.status, answer.text.includes("secret")], [400, false]);
  });
});
