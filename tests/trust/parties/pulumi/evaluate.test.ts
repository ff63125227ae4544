import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../../../trust/parties/pulumi/evaluate";
import type { PolicyDefinition, TokenRequest } from "../../../../trust/policy/model";
import { tries } from "../../../helpers/property";

const AUDIENCE = "urn:pulumi:org:acme";
const SUBJECT = "system:serviceaccount:pulumi:deployer";
const POD = {
  sub: SUBJECT,
  aud: [AUDIENCE],
  exp: 1_700_000_600,
  "kubernetes.io": { namespace: "pulumi", serviceaccount: { name: "deployer" }, pod: { name: "runner-x1" } },
};
const ORGANIZATION: TokenRequest = { tokenType: "organization" };

function allow(rules: Record<string, string>, more: Partial<PolicyDefinition> = {}): PolicyDefinition {
  return { decision: "allow", tokenType: "organization", authorizedPermissions: [], rules, ...more };
}

function deny(rules: Record<string, string>, more: Partial<PolicyDefinition> = {}): PolicyDefinition {
  return { ...allow(rules, more), decision: "deny" };
}

const decide = (definitions: PolicyDefinition[], claims: object = POD, request = ORGANIZATION) => {
  const { decision, reason, index } = evaluate(definitions, { ...claims }, request);
  return [decision, reason, index];
};
const ALLOWED = ["allow", "ALLOWED", 0];
const NOTHING = ["deny", "NO_ALLOW_MATCHES", undefined];

describe("trust/parties/pulumi/evaluate", () => {
  it("denies without definitions, and without a matching allow", () => {
    assert.deepEqual(decide([]), NOTHING);
    assert.deepEqual(decide([allow({ sub: SUBJECT })]), ALLOWED);
    assert.deepEqual(decide([allow({ sub: `${SUBJECT}2` })]), NOTHING);
    assert.deepEqual(decide([deny({ sub: "somebody" })]), NOTHING);
  });

  it("wants every rule of a definition", () => {
    assert.deepEqual(decide([allow({ aud: AUDIENCE, sub: SUBJECT })]), ALLOWED);
    assert.deepEqual(decide([allow({ aud: AUDIENCE, sub: "other" })]), NOTHING);
    assert.deepEqual(decide([allow({ aud: "other", sub: SUBJECT })]), NOTHING);
  });

  it("takes any one of several allows", () => {
    assert.deepEqual(decide([allow({ sub: "other" }), allow({ sub: SUBJECT })]), ["allow", "ALLOWED", 1]);
  });

  it("lets a matching deny win, first or last, and no other deny", () => {
    const broad = deny({ '"kubernetes.io".namespace': "pulumi" });
    assert.deepEqual(decide([broad, allow({ sub: SUBJECT })]), ["deny", "DENIED_BY_DEFINITION", 0]);
    assert.deepEqual(decide([allow({ sub: SUBJECT }), broad]), ["deny", "DENIED_BY_DEFINITION", 1]);
    assert.deepEqual(decide([allow({ sub: SUBJECT }), deny({ '"kubernetes.io".namespace': "other" })]), ALLOWED);
  });

  it("takes a deny without rules for a deny of everything, with rules of null too", () => {
    assert.deepEqual(decide([allow({ sub: SUBJECT }), deny({})]), ["deny", "DENIED_BY_DEFINITION", 1]);
    const unruled = { ...deny({}), rules: null } as unknown as PolicyDefinition;
    assert.deepEqual(decide([allow({ sub: SUBJECT }), unruled]), ["deny", "DENIED_BY_DEFINITION", 1]);
  });

  it("decides alike in every order", () => {
    const definitions = [
      allow({ sub: SUBJECT }),
      allow({ aud: "other" }),
      deny({ sub: "*:deployer" }),
      deny({ sub: "nobody" }),
      allow({ sub: "*" }, { tokenType: "team", teamName: "*" }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(definitions), (list) => {
        const expected = list.includes(definitions[2] as PolicyDefinition)
          ? "deny"
          : list.includes(definitions[0] as PolicyDefinition)
            ? "allow"
            : "deny";
        assert.equal(evaluate(list, POD, ORGANIZATION).decision, expected);
      }),
      tries(200),
    );
  });

  it("considers only definitions for the requested token type, denies included", () => {
    const team: TokenRequest = { tokenType: "team", team: "platform" };
    assert.deepEqual(decide([allow({ sub: SUBJECT })], POD, team), NOTHING);
    assert.deepEqual(decide([allow({ sub: SUBJECT }, { tokenType: "team", teamName: "platform" })]), NOTHING);
    assert.deepEqual(decide([allow({ sub: SUBJECT }), deny({}, { tokenType: "team", teamName: "*" })]), ALLOWED);
  });

  const owners: [TokenRequest, Partial<PolicyDefinition>, Partial<PolicyDefinition>[]][] = [
    [
      { tokenType: "team", team: "platform" },
      { tokenType: "team", teamName: "platform" },
      [{ teamName: "platform2" }, { teamName: "web" }, { teamName: "" }, { teamName: undefined }],
    ],
    [{ tokenType: "team", team: "platform" }, { tokenType: "team", teamName: "plat*" }, [{ teamName: "lat*" }]],
    [
      { tokenType: "team", team: "web" },
      { tokenType: "team", teamName: "we." },
      [{ teamName: "we.." }, { teamName: "w?" }],
    ],
    [
      { tokenType: "personal", user: "ada" },
      { tokenType: "personal", userLogin: "ada" },
      [{ userLogin: "Ada" }, { userLogin: "*" }, { userLogin: "a.a" }, { userLogin: undefined }],
    ],
    [
      { tokenType: "runner", runner: "r-1" },
      { tokenType: "runner", runnerID: "r-1" },
      [{ runnerID: "r-2" }, { runnerID: "*" }, { runnerID: undefined }],
    ],
  ];
  for (const [request, own, others] of owners) {
    it(`holds ${JSON.stringify(request)} against ${JSON.stringify(own)}`, () => {
      assert.deepEqual(decide([allow({ sub: SUBJECT }, own)], POD, request), ALLOWED);
      assert.deepEqual(decide([deny({}, own), allow({ sub: SUBJECT }, own)], POD, request)[0], "deny");
      for (const other of others) {
        assert.deepEqual(decide([allow({ sub: SUBJECT }, { ...own, ...other })], POD, request), NOTHING);
      }
    });
  }

  it("matches no request that leaves its team, user or runner out or empty", () => {
    for (const owner of [{}, { team: "", user: "", runner: "" }]) {
      for (const tokenType of ["team", "personal", "runner"] as const) {
        assert.deepEqual(decide([allow({ sub: "*" }, { tokenType })], POD, { tokenType, ...owner }), NOTHING);
      }
    }
  });

  it("gives admin only by an allow that permits it, and takes it by any deny", () => {
    const admin: TokenRequest = { tokenType: "organization", admin: true };
    const permitted = allow({ sub: SUBJECT }, { authorizedPermissions: ["admin"] });
    assert.deepEqual(decide([permitted], POD, admin), ALLOWED);
    assert.deepEqual(decide([permitted]), ALLOWED);
    assert.deepEqual(decide([allow({ sub: SUBJECT })], POD, admin), NOTHING);
    assert.deepEqual(decide([allow({ sub: SUBJECT }, { authorizedPermissions: ["standard"] })], POD, admin), NOTHING);
    assert.deepEqual(decide([allow({ sub: SUBJECT }, { authorizedPermissions: undefined })], POD, admin), NOTHING);
    assert.deepEqual(decide([permitted, deny({ sub: SUBJECT })], POD, admin)[0], "deny");
  });

  it("takes any element of an array audience", () => {
    const rules = { aud: AUDIENCE };
    assert.deepEqual(decide([allow(rules)], { aud: ["other", AUDIENCE] }), ALLOWED);
    assert.deepEqual(decide([allow(rules)], { aud: AUDIENCE }), ALLOWED);
    assert.deepEqual(decide([allow(rules)], { aud: ["other", `${AUDIENCE}2`] }), NOTHING);
    assert.deepEqual(decide([allow(rules)], { aud: [] }), NOTHING);
    assert.deepEqual(decide([allow(rules)], { aud: `other,${AUDIENCE}` }), NOTHING);
  });

  it("reads quoted paths, and no dotted key without quotes", () => {
    assert.deepEqual(decide([allow({ '"kubernetes.io".pod.name': "runner-*" })]), ALLOWED);
    assert.deepEqual(decide([allow({ "kubernetes.io.pod.name": "runner-*" })]), NOTHING);
    assert.deepEqual(decide([allow({ '"kubernetes.io".pod.name': "unner-*" })]), NOTHING);
  });

  it("matches neither an absent claim nor an object, not even by a star", () => {
    assert.deepEqual(decide([allow({ sub: "*" })]), ALLOWED);
    assert.deepEqual(decide([allow({ azp: "*" })]), NOTHING);
    assert.deepEqual(decide([allow({ azp: "" })]), NOTHING);
    assert.deepEqual(decide([allow({ '"kubernetes.io"': "*" })]), NOTHING);
    assert.deepEqual(decide([allow({ nothing: "*" })], { nothing: null }), NOTHING);
  });

  it("compares numbers and booleans by their text", () => {
    assert.deepEqual(decide([allow({ exp: "1700000600" })]), ALLOWED);
    assert.deepEqual(decide([allow({ exp: "1700000601" })]), NOTHING);
    assert.deepEqual(decide([allow({ fork: "false" })], { fork: false }), ALLOWED);
    const numeric = { exp: 1_700_000_600 } as unknown as Record<string, string>;
    assert.deepEqual(decide([allow(numeric)]), ALLOWED);
  });

  it("tells what became of each definition, and which rules failed", () => {
    const { considered } = evaluate(
      [
        allow({ sub: "x" }, { tokenType: "team", teamName: "web" }),
        allow({ aud: "other", azp: "a", sub: SUBJECT }),
        allow({ sub: SUBJECT }),
      ],
      POD,
      ORGANIZATION,
    );
    assert.deepEqual(considered, [
      { index: 0, decision: "allow", outcome: "other-request", failures: [] },
      {
        index: 1,
        decision: "allow",
        outcome: "rules",
        failures: [
          { path: "aud", expected: "other", actual: [AUDIENCE] },
          { path: "azp", expected: "a", actual: [] },
        ],
      },
      { index: 2, decision: "allow", outcome: "matches", failures: [] },
    ]);
  });
});
