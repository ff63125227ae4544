import assert from "node:assert/strict";
import type { PolicyDefinition } from "../../../trust/policy/model";
import type { TestIssuer } from "../../helpers/issuer";
import { allow, Fixture, podClaims } from "./fixture";

const TYPE = "urn:pulumi:token-type:access_token:";
const RULES = { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:deployer" };

describe("lab/pulumi-cloud: policies at the exchange", () => {
  const fixture = new Fixture();
  let issuer: TestIssuer;
  let issuerId: string;

  before(async () => {
    await fixture.start();
    issuer = await fixture.issuer();
    issuerId = await fixture.trust(issuer.issuer, [allow(RULES)]);
  });
  after(() => fixture.stop());

  const policy = (...definitions: PolicyDefinition[]) => fixture.setPolicy(issuerId, definitions);
  const exchange = async (claims: object, parameters: Record<string, unknown> = {}) =>
    fixture.exchange(await issuer.sign({ ...claims }), parameters);
  const allowed = async (claims: object, parameters: Record<string, unknown> = {}) => {
    const answer = await exchange(claims, parameters);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  };
  const denied = async (reason: string, claims: object, parameters: Record<string, unknown> = {}) => {
    const answer = await exchange(claims, parameters);
    assert.deepEqual([answer.status, answer.json.error, fixture.reason], [400, "access_denied", reason]);
    assert.equal(answer.json.access_token, undefined);
  };
  const deployer = podClaims("pulumi", "deployer");

  it("refuses everything under the policy a new issuer starts with", async () => {
    const other = await fixture.issuer();
    await fixture.api("POST", "/api/orgs/acme/oidc/issuers", { name: "fresh", url: other.issuer });
    const answer = await fixture.exchange(await other.sign(deployer));
    assert.deepEqual([answer.status, fixture.reason], [400, "NO_ALLOW_MATCHES"]);
  });

  it("allows the one ServiceAccount and audience, not its neighbours", async () => {
    await policy(allow(RULES));
    await allowed(deployer);
    await denied("NO_ALLOW_MATCHES", podClaims("pulumi", "deployer2"));
    await denied("NO_ALLOW_MATCHES", podClaims("pulumi", "default"));
    await denied("NO_ALLOW_MATCHES", podClaims("pulumi-dev", "deployer"));
    await denied("NO_ALLOW_MATCHES", podClaims("pulumi", "deployer", "sts.amazonaws.com"));
    await denied("NO_ALLOW_MATCHES", podClaims("pulumi", "deployer", "urn:pulumi:org:acme2"));
  });

  it("takes aud as text or as an array with any element matching", async () => {
    await policy(allow(RULES));
    await allowed({ ...deployer, aud: "urn:pulumi:org:acme" });
    await allowed({ ...deployer, aud: ["other", "urn:pulumi:org:acme"] });
    await denied("NO_ALLOW_MATCHES", { ...deployer, aud: ["other"] });
    await denied("NO_ALLOW_MATCHES", { ...deployer, aud: undefined });
  });

  it("lets a matching deny win over a matching allow, in either order, and no other deny", async () => {
    const deny: PolicyDefinition = { decision: "deny", tokenType: "organization", rules: { sub: "*:deployer" } };
    await policy(allow(RULES), deny);
    await denied("DENIED_BY_DEFINITION", deployer);
    await policy(deny, allow(RULES));
    await denied("DENIED_BY_DEFINITION", deployer);
    await policy({ ...deny, rules: { sub: "*:somebody" } }, allow(RULES));
    await allowed(deployer);
    await policy({ ...deny, tokenType: "team", teamName: "platform" }, allow(RULES));
    await allowed(deployer);
  });

  it("reads quoted paths and wildcards over whole values", async () => {
    await policy(allow({ '"kubernetes.io".namespace': "pulumi", '"kubernetes.io".pod.name': "runner-*" }));
    await allowed(deployer);
    await denied("NO_ALLOW_MATCHES", podClaims("pulumi2", "deployer"));
    await policy(allow({ '"kubernetes.io".pod.name': "unner-*" }));
    await denied("NO_ALLOW_MATCHES", deployer);
    await policy(allow({ "kubernetes.io.namespace": "pulumi" }));
    await denied("NO_ALLOW_MATCHES", deployer);
    await policy(allow({ sub: "system:serviceaccount:pulumi:deploye.?" }));
    await allowed(deployer);
    await allowed(podClaims("pulumi", "deployers"));
    await denied("NO_ALLOW_MATCHES", podClaims("pulumi", "deploye"));
  });

  it("keeps token types, teams, users and runners apart", async () => {
    const team = { requested_token_type: `${TYPE}team`, scope: "team:platform" };
    const personal = { requested_token_type: `${TYPE}personal`, scope: "user:ada" };
    const runner = { requested_token_type: `${TYPE}runner`, scope: "runner:pool" };
    await policy(allow(RULES));
    await denied("NO_ALLOW_MATCHES", deployer, team);
    await policy(allow(RULES, { tokenType: "team", teamName: "platform" }));
    assert.equal((await allowed(deployer, team)).scope, "");
    fixture.cloud.switches.scopeEcho = "request";
    assert.equal((await allowed(deployer, team)).scope, "team:platform");
    fixture.cloud.switches.scopeEcho = "empty";
    await denied("NO_ALLOW_MATCHES", deployer);
    await denied("NO_ALLOW_MATCHES", deployer, { ...team, scope: "team:web" });
    await policy(allow(RULES, { tokenType: "team", teamName: "plat*" }));
    await allowed(deployer, team);
    await policy(allow(RULES, { tokenType: "personal", userLogin: "ada" }));
    assert.equal((await allowed(deployer, personal)).issued_token_type, `${TYPE}personal`);
    await denied("NO_ALLOW_MATCHES", deployer, { ...personal, scope: "user:lab-admin" });
    await policy(allow(RULES, { tokenType: "runner", runnerID: "r-1" }));
    await allowed(deployer, runner);
    await allowed(deployer, { ...runner, scope: "runner:r-1" });
    await denied("NO_ALLOW_MATCHES", deployer, { ...runner, scope: "runner:r-2" });
  });

  it("issues no token for a team or user that the organization lacks, even when the policy allows it", async () => {
    await policy(
      allow(RULES, { tokenType: "team", teamName: "*" }),
      allow(RULES, { tokenType: "personal", userLogin: "nobody" }),
    );
    await allowed(deployer, { requested_token_type: `${TYPE}team`, scope: "team:web" });
    await denied("PRINCIPAL_UNKNOWN", deployer, { requested_token_type: `${TYPE}team`, scope: "team:ghosts" });
    await denied("PRINCIPAL_UNKNOWN", deployer, { requested_token_type: `${TYPE}personal`, scope: "user:nobody" });
  });

  it("gives admin only where the policy permits it and the request asks for it", async () => {
    const issuers = "/api/orgs/acme/oidc/issuers";
    await policy(allow(RULES));
    await denied("NO_ALLOW_MATCHES", deployer, { scope: "admin" });
    await policy(allow(RULES, { authorizedPermissions: ["admin"] }));
    const plain = (await allowed(deployer)).access_token;
    const admin = (await allowed(deployer, { scope: "admin" })).access_token;
    assert.equal((await fixture.api("GET", issuers, undefined, plain)).status, 403);
    assert.equal((await fixture.api("GET", issuers, undefined, admin)).status, 200);
  });

  it("answers a refusal by switch with another status and without description, and nothing else changes", async () => {
    await policy(allow(RULES));
    Object.assign(fixture.cloud.switches, { deniedStatus: 401, emptyErrorDescriptions: true });
    const answer = await exchange(podClaims("pulumi", "other"));
    Object.assign(fixture.cloud.switches, { deniedStatus: 400, emptyErrorDescriptions: false });
    assert.deepEqual([answer.status, answer.json], [401, { error: "access_denied", error_description: "" }]);
  });

  it("does not tell a deny from a missing allow", async () => {
    await policy({ decision: "deny", tokenType: "organization", rules: {} });
    const byDeny = await exchange(deployer);
    await policy(allow({ sub: "nobody" }));
    const byDefault = await exchange(deployer);
    assert.equal(byDeny.text, byDefault.text);
  });
});
