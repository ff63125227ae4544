import assert from "node:assert/strict";
import {
  nothing,
  readAnswer,
  readIssuer,
  readIssuers,
  readPolicy,
  readTokenOwners,
} from "../../../pulumi-cloud/api/answers";
import { refused } from "../../helpers/refused";

const ISSUER = {
  ...{
    id: "one",
    name: "n",
    url: "https://i",
    issuer: "https://i",
    maxExpiration: 60,
    created: "2025-10-19 00:05:56.480",
  },
  ...{ thumbprints: ["ab"], jwks: { keys: [{ kty: "OKP" }] } },
};
const DENY = { decision: "deny", tokenType: "organization", authorizedPermissions: [], rules: { sub: "" } };
const POLICY = { id: "p", version: 3, policies: [DENY] };

const without = (value: object, field: string) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));

describe("pulumi-cloud/api/answers", () => {
  const good: [string, Parameters<typeof readAnswer>[2], unknown][] = [
    ["an issuer", readIssuer, ISSUER],
    ["one with more fields, of lists and objects too", readIssuer, { ...ISSUER, next: "x", future: { a: [1] } }],
    ["one that does not tell its iss", readIssuer, without(ISSUER, "issuer")],
    ["a policy", readPolicy, POLICY],
    ["one with more fields", readPolicy, { ...POLICY, etag: "x", policies: [{ ...DENY, id: 1, expires: null }] }],
    [
      "decisions and token types of tomorrow",
      readPolicy,
      { ...POLICY, policies: [{ ...DENY, decision: "audit", tokenType: "agent" }] },
    ],
    ["rules that are no texts", readPolicy, { ...POLICY, policies: [{ ...DENY, rules: { n: 1, list: ["a"] } }] }],
    [
      "null for what is not set",
      readPolicy,
      { ...POLICY, policies: [{ ...DENY, teamName: null, authorizedPermissions: null, rules: null }] },
    ],
    ["the last page", readPolicy, { ...POLICY, nextToken: "", continuationToken: null, hasMore: false }],
  ];
  for (const [what, reader, answer] of good) {
    it(`takes ${what}, as it is`, () => {
      assert.deepEqual(readAnswer(JSON.stringify(answer), "GET x", reader), answer);
    });
  }

  it("takes a page of those that tokens can be for, with what the next one is asked by", () => {
    const read = (kind: "teams" | "members" | "runnerPools" | "roles", answer: object) =>
      readAnswer(JSON.stringify(answer), "GET x", readTokenOwners(kind));
    const members = [{ role: "admin", user: { githubLogin: "ann", name: "Ann" } }];
    assert.deepEqual(read("members", { members, continuationToken: "more" }), {
      names: [["ann", "ann"]],
      continuationToken: "more",
    });
    const agentPools = [{ id: "pool-1", name: "build", lastSeen: 0 }];
    assert.deepEqual(read("runnerPools", { agentPools, continuationToken: null }).names, [
      ["pool-1", "pool-1"],
      ["build", "build"],
    ]);
    const roles = [{ id: "0b3c", name: "Deployer", uxPurpose: "role", details: {} }, { id: "5e1f" }];
    assert.deepEqual(read("roles", { roles }).names, [
      ["Deployer", "0b3c"],
      ["0b3c", "0b3c"],
      ["5e1f", "5e1f"],
      ["5e1f", "5e1f"],
    ]);
    assert.deepEqual(read("teams", { teams: [] }), { names: [], continuationToken: "" });
    for (const answer of [{}, { teams: null }, { teams: [{ displayName: "a" }] }, { teams: ["a"] }]) {
      refused(() => read("teams", answer), "PULUMI_CLOUD_ANSWER_INVALID");
    }
  });

  it("takes null for absent in an issuer", () => {
    const nulls = { thumbprints: null, jwks: null, maxExpiration: null, issuer: null, lastUsed: null };
    const { id, name, url } = ISSUER;
    assert.deepEqual(readAnswer(JSON.stringify({ id, name, url, ...nulls }), "GET x", readIssuer), { id, name, url });
  });

  it("takes a limit of 0 for none, as clients send it, in a list too", () => {
    const { maxExpiration: _, ...unlimited } = ISSUER;
    const zero = { ...unlimited, maxExpiration: 0 };
    assert.deepEqual(readAnswer(JSON.stringify(zero), "GET x", readIssuer), unlimited);
    assert.deepEqual(readAnswer(JSON.stringify({ oidcIssuers: [zero, ISSUER] }), "GET x", readIssuers), [
      unlimited,
      ISSUER,
    ]);
  });

  const bad: [string, Parameters<typeof readAnswer>[2], unknown, string][] = [
    ["a list of issuers under another name", readIssuers, { issuers: [ISSUER] }, "oidcIssuers is missing, not a list"],
    ["a bare list", readIssuers, [ISSUER], "it is a list, not an object"],
    ["a page of issuers", readIssuers, { oidcIssuers: [ISSUER], nextToken: "t" }, "one page of several (nextToken)"],
    ["a page of policies", readPolicy, { ...POLICY, continuationToken: "t" }, "one page of several"],
    ["one that has more", readPolicy, { ...POLICY, hasMore: true }, "one page of several"],
    [
      "an issuer in the list without id",
      readIssuers,
      { oidcIssuers: [ISSUER, without(ISSUER, "id")] },
      "oidcIssuers[1].id is missing",
    ],
    ["an id that is a number", readIssuer, { ...ISSUER, id: 7 }, "id is a number, not a text"],
    ["an empty id", readIssuer, { ...ISSUER, id: "" }, "id is missing"],
    ["an iss that is an object", readIssuer, { ...ISSUER, issuer: {} }, "issuer is an object"],
    ["thumbprints that are objects", readIssuer, { ...ISSUER, thumbprints: [{}] }, "thumbprints[0] is an object"],
    ["keys that are no list", readIssuer, { ...ISSUER, jwks: { keys: {} } }, "jwks.keys is an object, not a list"],
    ["a life as text", readIssuer, { ...ISSUER, maxExpiration: "1h" }, "maxExpiration is a string, not a number"],
    ["no policies", readPolicy, without(POLICY, "policies"), "policies is missing"],
    ["policies by id", readPolicy, { ...POLICY, policies: { a: DENY } }, "policies is an object, not a list"],
    ["no version", readPolicy, without(POLICY, "version"), "version is missing"],
    ["a version as text", readPolicy, { ...POLICY, version: "3" }, "version is a string"],
    [
      "a policy without rules",
      readPolicy,
      { ...POLICY, policies: [DENY, without(DENY, "rules")] },
      "policies[1].rules is missing",
    ],
    ["rules as a list", readPolicy, { ...POLICY, policies: [{ ...DENY, rules: [] }] }, "policies[0].rules is a list"],
    [
      "no decision",
      readPolicy,
      { ...POLICY, policies: [without(DENY, "decision")] },
      "policies[0].decision is missing",
    ],
    [
      "a role as object",
      readPolicy,
      { ...POLICY, policies: [{ ...DENY, roleID: {} }] },
      "policies[0].roleID is an object",
    ],
    ["null", readPolicy, null, "it is null"],
  ];
  for (const [what, reader, answer, words] of bad) {
    it(`refuses ${what}`, () => {
      const read = () => readAnswer(JSON.stringify(answer), "GET x", reader);
      refused(read, "PULUMI_CLOUD_ANSWER_INVALID", "GET x", words);
    });
  }

  for (const [body, words] of [
    ["", "it is empty"],
    ["<html>log in</html>", "page of HTML"],
    [JSON.stringify(POLICY).slice(0, -1), "not JSON, or a part of it"],
  ] as const) {
    it(`refuses a body of ${JSON.stringify(body)}`, () => {
      refused(() => readAnswer(body, "GET x", readPolicy), "PULUMI_CLOUD_ANSWER_INVALID", "GET x", words);
    });
  }

  it("needs no body where there is nothing to say, and takes any JSON", () => {
    for (const body of ["", "\n", "{}", "null"]) {
      assert.equal(readAnswer(body, "DELETE x", nothing), undefined);
    }
    refused(() => readAnswer("<html>", "DELETE x", nothing), "PULUMI_CLOUD_ANSWER_INVALID");
  });
});
