import assert from "node:assert/strict";
import type { TokenSelection } from "../../../trust/policy/access-token";
import { type AccessToken, accessTokenType, oneToken, tokenSelection } from "../../../trust/policy/token-blocks";
import { refused } from "../../helpers/refused";

const GOOD: [AccessToken, TokenSelection][] = [
  [{ organization: {} }, { tokenType: "organization" }],
  [{ organization: { roleId: "role-1" } }, { tokenType: "organization", roleId: "role-1" }],
  [{ organization: { admin: true } }, { tokenType: "organization", admin: true }],
  [{ team: { name: "platform" } }, { tokenType: "team", team: "platform" }],
  [{ personal: { user: "ada.byron" } }, { tokenType: "personal", user: "ada.byron" }],
  [{ runner: { pool: "r-1" } }, { tokenType: "runner", runner: "r-1" }],
];
const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));

describe("trust/policy/token-blocks", () => {
  it("turns each block into what an exchange asks for", () => {
    for (const [block, selection] of GOOD) {
      assert.deepEqual(plain(tokenSelection(block, "t")), selection);
      assert.deepEqual(plain(oneToken(block, "t")), selection);
      assert.equal(accessTokenType(block, "t"), selection.tokenType);
    }
  });

  it("takes patterns for a policy, and an administrator's token with a role", () => {
    assert.equal(tokenSelection({ team: { name: "plat*" } }, "t").team, "plat*");
    assert.equal(tokenSelection({ organization: { admin: true, roleId: "r" } }, "t").roleId, "r");
  });

  const bad: [string, object, code: string, where: string, words: string][] = [
    ["none", {}, "OPTION_MISSING", "t", "exactly one of organization, team, personal, runner"],
    [
      "two",
      { team: { name: "a" }, runner: { pool: "b" } },
      "OPTION_CONFLICT",
      "t",
      "team and runner are mutually exclusive",
    ],
    ["a team without name", { team: {} }, "TOKEN_OWNER_MISSING", "t.team.name", "a team token needs its name"],
    ["a team with an empty name", { team: { name: "" } }, "TOKEN_OWNER_MISSING", "t.team.name", "give the name"],
    ["no user", { personal: {} }, "TOKEN_OWNER_MISSING", "t.personal.user", "give the user"],
    ["no pool", { runner: {} }, "TOKEN_OWNER_MISSING", "t.runner.pool", "give the pool"],
    ["a team pattern", { team: { name: "plat*" } }, "TOKEN_OWNER_WILDCARD", "t.team.name", '"plat*"'],
    ["a team with a dot [A7]", { team: { name: "a.b" } }, "TOKEN_OWNER_WILDCARD", "t.team.name", "any character"],
    ["a user pattern", { personal: { user: "ad?" } }, "TOKEN_OWNER_WILDCARD", "t.personal.user", "name one"],
    [
      "an administrator's token with a role",
      { organization: { roleId: "r", admin: true } },
      ...(["TOKEN_ADMIN_INVALID", "t.organization.admin", "not both"] as const),
    ],
  ];
  for (const [what, block, code, where, words] of bad) {
    it(`refuses ${what}`, () => refused(() => oneToken(block as AccessToken, "t"), code, where, words));
  }
});
