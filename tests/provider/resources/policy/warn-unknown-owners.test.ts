import assert from "node:assert/strict";
import { policy } from "../../../../provider/resources/dynamic";
import { issuerFixture, UNKNOWN } from "../issuer/fixture";

const RULES = { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:ci:deployer" };
const allow = (tokenType: string, owner: object) => ({ decision: "allow", tokenType, ...owner, rules: RULES });
const team = (teamName: string) => allow("team", { teamName });
const user = (userLogin: string) => allow("personal", { userLogin });
const role = (roleID: string) => allow("organization", { roleID });
const pool = (runnerID: string) => allow("runner", { runnerID });

describe("provider/resources/policy/warn-unknown-owners", () => {
  const fixture = issuerFixture();
  const { lab } = fixture;
  const { warn } = console;
  let lines: string[];
  let process = 0;

  before(() => {
    const organization = lab.cloud.organizations.get("acme") ?? assert.fail();
    organization.teams.add("platform").add("web");
    organization.users.set("ann", "member");
    organization.runners.push({ id: "pool-1", name: "gpu-builders" });
    organization.roles.set("0b3c", { id: "0b3c", name: "Deployer", scopes: [] });
  });
  beforeEach(() => {
    lines = [];
    console.warn = (line: string) => void lines.push(line);
  });
  afterEach(() => {
    console.warn = warn;
  });

  /** Inputs that nothing was listed for yet. */
  function inputs(policies: unknown, more: object = {}) {
    process += 1;
    const caCertificates = `${fixture.connection.caCertificates}${"\n".repeat(process)}`;
    return { ...fixture.connection, caCertificates, issuerId: "i", policies, ...more };
  }
  const check = async (news: object, olds: object = {}) =>
    assert.deepEqual((await policy.check(olds as never, news as never)).failures, []);
  const asked = () => lab.requests("GET", /\/(teams|members|agent-pools|roles)(\?|$)/);

  const rows: [what: string, unknown: object, known: object[], says: RegExp][] = [
    [
      "a team",
      team("platfrom"),
      [team("platform")],
      /no team platfrom \(at accessToken\.team\.name\)\. Fix: use platform,/,
    ],
    [
      "a user",
      user("bob"),
      [user("ann")],
      /no member bob \(at accessToken\.personal\.user\)\. Fix: give the name of a member,/,
    ],
    [
      "a pool",
      pool("gpu-bilders"),
      [pool("pool-1"), pool("gpu-builders")],
      /no runner pool gpu-bilders \(at accessToken\.runner\.pool\)\. Fix: use gpu-builders,/,
    ],
    [
      "a role",
      role("7777"),
      [role("0b3c")],
      /no role 7777 \(at accessToken\.organization\.roleId\)\. Fix: give the id of a role,/,
    ],
    ["a role's name in place of its id", role("Deployer"), [role("0b3c")], /Fix: use 0b3c, the id of Deployer,/],
  ];
  for (const [what, unknown, known, says] of rows) {
    it(`tells of ${what} that the organization does not have, and of none that it has`, async () => {
      await check(inputs(known));
      assert.deepEqual(lines, []);
      await check(inputs([...known, unknown]));
      assert.equal(lines.length, 1);
      const said = lines.join();
      assert.match(said, /^TOKEN_OWNER_UNKNOWN: organization acme shows /);
      assert.match(said, says);
      assert.match(said, /, unless this program makes it$/);
    });
  }

  it("says nothing of denies, patterns, what is in the state or not known, and where it is waived", async () => {
    const waive = [{ name: "TOKEN_OWNER_UNKNOWN", reason: "made later" }];
    const before = asked();
    await check(
      inputs([{ ...team("nobody"), decision: "deny" }, team("platform"), allow("organization", {})], { waive }),
    );
    await check(inputs([{ ...team("nobody"), decision: "deny" }]));
    const there = inputs([team("nobody")]);
    await check(there, there);
    await check(inputs(UNKNOWN));
    await check(inputs([team("nobody")], { organization: UNKNOWN }));
    assert.deepEqual(lines, []);
    assert.equal(asked(), before);
    await check(there, { ...there, organization: "other" });
    assert.equal(lines.length, 1);
  });

  it("asks once a process for each kind, and for no kind that nothing names", async () => {
    const first = inputs([team("nobody")]);
    const before = asked();
    await check(first);
    await check({ ...first, policies: [team("nobody"), team("someone")] });
    await check({ ...first, policies: [allow("organization", {})] });
    assert.equal(asked(), before + 1);
    assert.equal(lines.length, 3);
  });

  it("says nothing where the list can't be read", async () => {
    for (const fault of [
      { kind: "status", status: 403 },
      { kind: "status", status: 404 },
    ] as const) {
      lab.cloud.faults.add({ method: "GET", path: "*/teams", ...fault });
      await check(inputs([team("nobody")]));
      lab.cloud.faults.clear();
    }
    await check(inputs([team("nobody")], { apiUrl: "https://127.0.0.1:1" }));
    assert.deepEqual(lines, []);
  });
});
