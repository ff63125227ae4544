import assert from "node:assert/strict";
import {
  checkTokenSelection,
  definitionTarget,
  type TokenSelection,
  tokenOwner,
  tokenRequest,
} from "../../../trust/policy/access-token";
import type { TokenType } from "../../../trust/policy/model";
import { refused } from "../../helpers/refused";

const GOOD: TokenSelection[] = [
  { tokenType: "organization" },
  { tokenType: "organization", roleId: "role-1" },
  { tokenType: "organization", admin: true },
  { tokenType: "team", team: "platform", admin: false },
  { tokenType: "personal", user: "ada" },
  { tokenType: "runner", runner: "r-1" },
];

describe("trust/policy/access-token", () => {
  it("accepts each token type with its own owner", () => GOOD.forEach(checkTokenSelection));

  it("accepts a dot in a user's name, which is no pattern", () => {
    checkTokenSelection({ tokenType: "personal", user: "ada.byron" });
  });

  const types = "use one of organization, team, personal, runner";
  const bad: [string, TokenSelection, code: string, where: string, words: string][] = [
    ["an unknown type", { tokenType: "admin" as TokenType }, "TOKEN_TYPE_INVALID", "tokenType", types],
    ["a missing type", {} as TokenSelection, "TOKEN_TYPE_INVALID", "tokenType", types],
    [
      "an administrator's token of a team",
      { tokenType: "team", team: "web", admin: true },
      ...(["TOKEN_ADMIN_INVALID", "admin", "a team token is never an administrator's"] as const),
    ],
    [
      "an administrator's token with a role",
      { tokenType: "organization", roleId: "r", admin: true },
      ...(["TOKEN_ADMIN_INVALID", "admin", "not both"] as const),
    ],
    ["a team token without team", { tokenType: "team" }, "TOKEN_OWNER_MISSING", "team", 'a team token needs "team"'],
    ["a team token of an empty team", { tokenType: "team", team: "" }, "TOKEN_OWNER_MISSING", "team", 'give "team"'],
    ["a personal token without user", { tokenType: "personal" }, "TOKEN_OWNER_MISSING", "user", 'give "user"'],
    ["a runner token without runner", { tokenType: "runner" }, "TOKEN_OWNER_MISSING", "runner", 'give "runner"'],
    [
      "an organization token of a team",
      { tokenType: "organization", team: "web" },
      ...(["TOKEN_OWNER_UNEXPECTED", "team", 'leave "team" out'] as const),
    ],
    [
      "a team token of a user too",
      { tokenType: "team", team: "web", user: "ada" },
      ...(["TOKEN_OWNER_UNEXPECTED", "user", 'a team token has no "user"'] as const),
    ],
    [
      "a personal token of a team",
      { tokenType: "personal", team: "web" },
      ...(["TOKEN_OWNER_UNEXPECTED", "team", 'give "user" instead'] as const),
    ],
    [
      "a team token with a role",
      { tokenType: "team", team: "web", roleId: "r" },
      ...(["TOKEN_OWNER_UNEXPECTED", "roleId", 'a team token has no "roleId"'] as const),
    ],
    ["a team pattern", { tokenType: "team", team: "plat*" }, "TOKEN_OWNER_WILDCARD", "team", '"plat*"'],
    [
      "a team with a dot [A7]",
      { tokenType: "team", team: "plat.form" },
      "TOKEN_OWNER_WILDCARD",
      "team",
      "any character",
    ],
    ["a user pattern", { tokenType: "personal", user: "ad?" }, "TOKEN_OWNER_WILDCARD", "user", "name one user"],
  ];
  for (const [what, selection, code, where, words] of bad) {
    it(`refuses ${what}`, () => refused(() => checkTokenSelection(selection), code, where, words));
  }

  it("names owner, request and definition fields", () => {
    assert.deepEqual(GOOD.map(tokenOwner), [undefined, undefined, undefined, "platform", "ada", "r-1"]);
    const given = GOOD.map((selection) => JSON.parse(JSON.stringify(tokenRequest(selection))));
    assert.deepEqual(given, [
      { tokenType: "organization" },
      { tokenType: "organization" },
      { tokenType: "organization", admin: true },
      { tokenType: "team", team: "platform" },
      { tokenType: "personal", user: "ada" },
      { tokenType: "runner", runner: "r-1" },
    ]);
    assert.deepEqual(GOOD.map(definitionTarget), [
      { tokenType: "organization", authorizedPermissions: [] },
      { tokenType: "organization", roleID: "role-1", authorizedPermissions: [] },
      { tokenType: "organization", authorizedPermissions: ["admin"] },
      { tokenType: "team", teamName: "platform", authorizedPermissions: [] },
      { tokenType: "personal", userLogin: "ada", authorizedPermissions: [] },
      { tokenType: "runner", runnerID: "r-1", authorizedPermissions: [] },
    ]);
  });
});
