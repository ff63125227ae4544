import assert from "node:assert/strict";
import { type Claims, claimValues } from "../../../../trust/claims/claims";
import { parseClaimPath } from "../../../../trust/claims/path";
import { nearestFix } from "../../../../trust/parties/pulumi/hints";

const POD = {
  iss: "https://issuer.example.com",
  aud: ["urn:pulumi:org:acme"],
  sub: "system:serviceaccount:pulumi:deployer",
  empty: [],
  nothing: null,
  objects: [{}],
  "kubernetes.io": { namespace: "pulumi", pod: { name: "runner-x7k2p" }, serviceaccount: { name: "deployer" } },
};

/** What is said of a rule that claims don't fulfil. */
function fixFor(path: string, expected: string, claims: Claims = POD): string {
  const actual = claimValues(claims, parseClaimPath(path));
  return nearestFix({ path, expected, actual }, claims) ?? "";
}

const fixForValue = (expected: string, actual: string) => fixFor("x", expected, { x: actual });

describe("trust/parties/pulumi/hints", () => {
  /** Pattern, value, what is said; and a pair that is like it, of which that is not said. */
  const cases: [pattern: string, value: string, said: RegExp, likeIt: [string, string]][] = [
    ["https://a.example/", "https://a.example", /only by a final slash/, ["https://a.example/", "https://b.example"]],
    ["https://*.example", "https://a.example/", /only by a final slash/, ["https://*.example", "https://a.example/x"]],
    ["repo:Acme/*", "repo:acme/app", /only in upper and lower case/, ["repo:Acme/*", "repo:acne/app"]],
    ["deployer ", "deployer", /only by white space/, ["deploy er ", "deployed"]],
    ["token.example", "https://token.example", /only by https:\/\//, ["token.example", "https://token.example.org"]],
    [
      "repo:acme/app:*",
      "repo:acme@1/app@2:ref:refs/heads/main",
      /has ids in it: write repo:acme@1\/app@2$/,
      ["repo:acme/app:*", "repo:acme@1/web@2:ref:refs/heads/main"],
    ],
    ["repo:acme/(app|web):x", "repo:acme/app:x", /\( stands for itself/, ["a(b", "(ab"]],
    ["^main$", "main", /stands for itself/, ["main", "next"]],
    [
      "system:serviceaccount:pulumi:deployer",
      "system:serviceaccount:default:deployer",
      /only the namespace differs: expected pulumi, got default/,
      ["system:serviceaccount:pulumi:deployer", "system:serviceaccount:default:default"],
    ],
    [
      "system:serviceaccount:pulumi:run-*",
      "system:serviceaccount:pulumi:default",
      /only the ServiceAccount differs: expected run-\*, got default/,
      ["system:serviceaccount:pulumi:run-*", "system:serviceaccount:pulumi"],
    ],
    ["repo:acme/app:x", "repo:acme/web:x", /only the repository differs/, ["repo:acme/app:x", "repo:other/web:x"]],
    [
      "pulumi:deploy:org:acme:project:app:stack:prod:operation:update:scope:write",
      "pulumi:deploy:org:acme:project:app:stack:prod:operation:preview:scope:write",
      /only the operation differs: expected update, got preview/,
      ["pulumi:deploy:org:acme:operation:update", "pulumi:deploy:org:other:operation:preview"],
    ],
    ["a:b:c", "a:x:c", /only part 2 differs/, ["a:b", "a:x"]],
    ["runner", "runner-x7k2p", /goes on with -x7k2p: .* write runner-\*$/, ["runner", "a-runner"]],
    ["main", "mainline", /goes on with line: .* write main\*$/, ["runne?", "runner-x7k2p"]],
  ];

  for (const [pattern, value, said, [otherPattern, otherValue]] of cases) {
    it(`sees what ${pattern} lacks for ${value}`, () => {
      assert.match(fixForValue(pattern, value), said);
      assert.doesNotMatch(fixForValue(otherPattern, otherValue), said);
    });
  }

  it("says nothing where nothing is to be seen", () => {
    assert.equal(fixForValue("production", "staging"), "");
    assert.equal(fixFor("stack", "production"), "");
  });

  it("says what audience to ask for", () => {
    assert.match(fixFor("aud", "https://other.example"), /ask the issuer for .* https:\/\/other.example/);
    assert.match(fixFor("aud", "urn:pulumi:org:Acme"), /upper and lower case/);
  });

  it("says that a list is one", () => {
    assert.match(fixFor("groups", "x", { groups: ["a", "b"] }), /a list of 2, and none/);
    assert.equal(fixFor("groups", "x", { groups: ["a"] }), "");
    assert.match(fixFor("groups", "B", { groups: ["a", "b"] }), /upper and lower case/);
  });

  describe("where there is no value", () => {
    for (const [path, said] of [
      ["kubernetes.io.namespace", /^write the path as "kubernetes.io".namespace: a key that contains a dot is quoted/],
      ['"kubernetes.io.pod.name"', /^write the path as "kubernetes.io".pod.name/],
      ['"kubernetes.io".Namespace', /^the token has "kubernetes.io".namespace$/],
      ["namespace", /^the token has "kubernetes.io".namespace$/],
      ["serviceaccount.name", /^the token has "kubernetes.io".serviceaccount.name$/],
      ["Sub", /^the token has sub$/],
      ['"kubernetes.io"', /is an object: name one of its keys, namespace, pod, serviceaccount$/],
      ['"kubernetes.io".pod', /is an object: name one of its keys, name$/],
      ["empty", /is an empty list/],
      ["objects", /is a list of objects/],
      ["nothing", /is null/],
      ["repository", /^$/],
    ] as const) {
      it(`finds what ${path} is about`, () => {
        assert.match(fixFor(path, "x"), said);
      });
    }
  });
});
