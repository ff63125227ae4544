import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";

const COMMAND = join(packageRoot(), "dist", "cli", "main.js");
const CLAIMS = {
  iss: "https://issuer.example.com",
  aud: ["urn:pulumi:org:acme"],
  sub: "system:serviceaccount:pulumi:deployer",
};
const RULES = { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:deployer" };
const POLICY = { policies: [{ decision: "allow", tokenType: "organization", rules: RULES }] };
/** Three parts like a token's; the last one is no signature of anything. */
const token = (claims: object) =>
  ["{}", JSON.stringify(claims), "not-a-signature"].map((part) => Buffer.from(part).toString("base64url")).join(".");

describe("oidc-runner explain", () => {
  let directory: string;
  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [COMMAND, "explain", "--relying-party", "pulumi", ...args], { encoding: "utf8" });

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-explain-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  it("ends with 0 for an allow and 1 for a deny, and answers in JSON when asked", () => {
    const policy = file("policy.json", JSON.stringify(POLICY));
    const good = file("claims.json", JSON.stringify(CLAIMS));
    const allowed = run("--policy", policy, "--claims", good, "--token-type", "organization", "--json");
    assert.equal(allowed.status, 0, allowed.stderr);
    const { checks, ...answer } = JSON.parse(allowed.stdout) as { checks: Record<string, string>[] };
    assert.deepEqual(answer, { decision: "allow", reasons: ["definition 0 matches and allows it"] });
    assert.deepEqual(
      checks.map(({ name, result }) => `${name} ${result}`),
      [
        ...["signature notChecked", "algorithm notChecked", "expiry notChecked", "notBefore passed"],
        ...["issuer notChecked", "policy passed"],
      ],
    );
    const neighbour = file(
      "neighbour.json",
      JSON.stringify({ ...CLAIMS, sub: "system:serviceaccount:pulumi:default" }),
    );
    const denied = run("--policy", policy, "--claims", neighbour, "--token-type", "organization");
    assert.equal(denied.status, 1, denied.stderr);
    assert.match(denied.stdout, /^deny\n.*sub expected .*:deployer, got .*:default/);
  });

  it("explains the default deny, and a policy that holds nothing", () => {
    const claims = file("claims.json", JSON.stringify(CLAIMS));
    for (const [policies, reason] of [
      [[{ decision: "deny", tokenType: "organization", rules: {} }], /definition 0 matches and denies it/],
      [[], /the policy has no allow/],
    ] as const) {
      const policy = file("policy.json", JSON.stringify({ policies }));
      const { status, stdout, stderr } = run("--policy", policy, "--claims", claims, "--token-type", "organization");
      assert.equal(status, 1, stderr);
      assert.match(stdout, reason);
    }
  });

  it("decodes a token and prints nothing of it but claims that differ", () => {
    const policy = file("policy.json", JSON.stringify(POLICY));
    const text = token({ ...CLAIMS, sub: "other" });
    const denied = run("--policy", policy, "--token-file", file("token", text), "--token-type", "organization");
    assert.equal(denied.status, 1, denied.stderr);
    assert.match(denied.stdout, /got other/);
    for (const part of text.split(".").slice(1)) {
      assert.ok(!`${denied.stdout}${denied.stderr}`.includes(part));
    }
  });

  for (const [what, args] of [
    ["no policy", () => ["--claims", file("c", "{}"), "--token-type", "organization"]],
    [
      "a policy that is not JSON",
      () => ["--policy", file("p", "{"), "--claims", file("c", "{}"), "--token-type", "organization"],
    ],
    [
      "a policy without a list",
      () => ["--policy", file("p", "{}"), "--claims", file("c", "{}"), "--token-type", "organization"],
    ],
    [
      "a policy with an entry that is none",
      () => ["--policy", file("p", '{"policies":[null]}'), "--claims", file("c", "{}"), "--token-type", "organization"],
    ],
    [
      "a rule that is no text",
      () => [
        "--policy",
        file("p", JSON.stringify({ policies: [{ ...POLICY.policies[0], rules: { sub: {} } }] })),
        "--claims",
        file("c", "{}"),
        "--token-type",
        "organization",
      ],
    ],
    [
      "a file that is no token",
      () => ["--policy", file("p", '{"policies":[]}'), "--token-file", file("t", "x"), "--token-type", "organization"],
    ],
    [
      "claims and a token",
      () => [
        "--policy",
        file("p", '{"policies":[]}'),
        "--token-file",
        file("t", "x"),
        "--claims",
        file("c", "{}"),
        "--token-type",
        "organization",
      ],
    ],
    ["neither claims nor a token", () => ["--policy", file("p", '{"policies":[]}'), "--token-type", "organization"]],
    [
      "an unknown token type",
      () => ["--policy", file("p", '{"policies":[]}'), "--claims", file("c", "{}"), "--token-type", "admin"],
    ],
    [
      "a team token without its team",
      () => ["--policy", file("p", '{"policies":[]}'), "--claims", file("c", "{}"), "--token-type", "team"],
    ],
  ] as const) {
    it(`ends with 2, and without a stack trace, for ${what}`, () => {
      const { status, stderr } = run(...args());
      assert.equal(status, 2, stderr);
      assert.doesNotMatch(stderr, /^\s+at /m);
      assert.notEqual(stderr.trim(), "");
    });
  }
});
