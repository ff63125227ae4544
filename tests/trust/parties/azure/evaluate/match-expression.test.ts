import assert from "node:assert/strict";
import { matchExpression } from "../../../../../trust/parties/azure/evaluate/match-expression";
import { refused } from "../../../../helpers/refused";

const GITHUB = "https://token.actions.githubusercontent.com";
const unmet = (expression: string, claims: object, issuer = GITHUB) =>
  matchExpression(expression, issuer, { ...claims }).unmet;

describe("trust/parties/azure/evaluate/match-expression", () => {
  for (const [pattern, matches, others] of [
    ["repo:acme/app:ref:refs/heads/*", ["main", "a/b", ""], []],
    ["repo:acme/app:ref:refs/heads/????", ["main", "dev1"], ["mai", "mains", ""]],
    ["repo:acme/app:ref:refs/heads/v.x", ["v.x"], ["vax"]],
    ["repo:acme/app:ref:refs/heads/[a-z]", ["[a-z]"], ["a"]],
  ] as const) {
    it(`takes ${pattern} for the whole claim`, () => {
      const expression = `claims['sub'] matches '${pattern}'`;
      const lead = "repo:acme/app:ref:refs/heads/";
      for (const end of matches) {
        assert.deepEqual(unmet(expression, { sub: lead + end }), [], end);
        assert.notDeepEqual(unmet(expression, { sub: `x${lead}${end}` }), [], end);
      }
      for (const end of others) {
        assert.notDeepEqual(unmet(expression, { sub: lead + end }), [], end);
      }
    });
  }

  it("says what people overlook", () => {
    const sub = "repo:acme/app:ref:refs/heads/main";
    assert.deepEqual(unmet("claims['sub'] eq 'repo:acme/app:*'", { sub }), [
      `sub eq repo:acme/app:*, got ${sub} (* and ? are wildcards of matches, not of eq)`,
    ]);
    assert.deepEqual(unmet(`claims['sub'] eq '${sub.toUpperCase()}'`, { sub }), [
      `sub eq ${sub.toUpperCase()}, got ${sub} (they differ only in upper and lower case)`,
    ]);
  });

  it("takes a claim only when it is a text of the token's own", () => {
    for (const claims of [
      {},
      { repository_id: 42 },
      { repository_id: ["42"] },
      Object.create({ repository_id: "42" }),
    ]) {
      assert.deepEqual(unmet("claims['repository_id'] eq '42'", claims), ["repository_id eq 42, got no repository_id"]);
    }
  });

  it("notes what Microsoft wants besides", () => {
    const notes = (expression: string, issuer = GITHUB) => matchExpression(expression, issuer, {}).notes;
    const note = (claims: string, issuer = GITHUB) => `note: new credentials for ${issuer} must also compare ${claims}`;
    assert.deepEqual(notes("claims['sub'] eq 'a'"), [note("repository_id or repository_owner_id")]);
    assert.deepEqual(notes("claims['repository_owner_id'] eq '1'"), [note("sub")]);
    assert.deepEqual(notes("claims['sub'] eq 'a' and claims['repository_owner_id'] eq '1'"), []);
    const [gitlab, terraform] = ["https://gitlab.com", "https://app.terraform.io"];
    assert.deepEqual(notes("claims['sub'] eq 'a'", gitlab), [note("project_id or namespace_id or user_id", gitlab)]);
    assert.deepEqual(notes("claims['sub'] eq 'a' and claims['user_id'] eq '1'", gitlab), []);
    assert.deepEqual(notes("claims['sub'] eq 'a'", terraform), []);
  });

  for (const [what, expression, issuer, where] of [
    ["an issuer it is not for", "claims['sub'] eq 'a'", "https://issuer.example.com", "issuer"],
    ["an issuer with a final slash", "claims['sub'] eq 'a'", `${GITHUB}/`, "issuer"],
    ["a claim of another issuer", "claims['job_workflow_ref'] eq 'a'", "https://gitlab.com", undefined],
    ["a claim with a field of its own", "claims['aud'] eq 'a'", GITHUB, undefined],
    ["a name every object has", "claims['constructor'] eq 'a'", GITHUB, undefined],
    ["wildcards for an id", "claims['repository_id'] matches '4*'", GITHUB, undefined],
  ] as const) {
    it(`refuses ${what}`, () =>
      refused(
        () => matchExpression(expression, issuer, {}),
        "AZURE_EXPRESSION_INVALID",
        where ?? "claimsMatchingExpression.value",
      ));
  }

  for (const [expression, issuer, message] of [
    [
      "claims['sub'] eq 'a'",
      "https://issuer.example.com",
      /flexible credentials are not for https:\/\/issuer\.example\.com /,
    ],
    [
      "claims['aud'] eq 'a'",
      GITHUB,
      /aud can't be compared for .* Fix: compare sub, job_workflow_ref, repository_id, /,
    ],
    ["claims['user_id'] matches '4*'", "https://gitlab.com", /user_id can't be compared by matches .* Fix: use eq$/],
  ] as const) {
    it(`says what is possible instead of ${expression} for ${issuer}`, () =>
      assert.throws(() => matchExpression(expression, issuer, {}), message));
  }
});
