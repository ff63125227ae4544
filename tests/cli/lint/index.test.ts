import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";

const COMMAND = join(packageRoot(), "dist", "cli", "main.js");
const EKS = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const RULES = { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:deployer" };
const allow = (rules: object) => ({ decision: "allow", tokenType: "organization", authorizedPermissions: [], rules });

describe("oidc-runner lint", () => {
  let directory: string;
  const file = (content: unknown) => {
    const path = join(directory, "policy.json");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [COMMAND, "lint", "--relying-party", "pulumi", ...args], { encoding: "utf8" });

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-lint-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  it("ends with 1 when an error is found, in JSON with all there is to know", () => {
    const policy = file({ policies: [allow({ ...RULES, sub: "system:serviceaccount:*" })] });
    const { status, stdout, stderr } = run("--policy", policy, "--json");
    assert.equal(status, 1, stderr);
    const { findings } = JSON.parse(stdout) as { findings: Record<string, string>[] };
    assert.equal(findings.length, 1);
    assert.deepEqual(Object.keys(findings[0] ?? {}), ["name", "severity", "path", "message", "fix"]);
    assert.deepEqual(
      [findings[0]?.name, findings[0]?.severity, findings[0]?.path],
      ["BROAD_SUBJECT", "error", "policies[0].rules.sub"],
    );
  });

  it("ends with 0 when nothing is found, or warnings only", () => {
    const fine = run("--policy", file({ policies: [allow(RULES)] }), "--issuer", EKS, "--json");
    assert.equal(fine.status, 0, fine.stderr);
    assert.deepEqual(JSON.parse(fine.stdout), { findings: [] });
    const dotted = run("--policy", file({ policies: [allow({ ...RULES, aud: "sts.amazonaws.com" })] }));
    assert.equal(dotted.status, 0, dotted.stderr);
    assert.match(dotted.stdout, /^warning LITERAL_DOT_MATCHES_ANY at policies\[0\]\.rules\.aud: .*\n {2}fix: /);
  });

  it("has nothing against the default deny, or an empty policy", () => {
    for (const policies of [[{ ...allow({}), decision: "deny" }], []]) {
      const { status, stdout } = run("--policy", file({ policies }));
      assert.deepEqual([status, stdout], [0, "no findings\n"]);
    }
  });

  it("finds claims the issuer never sends, once it knows the issuer", () => {
    const policy = file({ policies: [allow({ ...RULES, repository: "acme/app" })] });
    assert.equal(run("--policy", policy).status, 0);
    assert.equal(run("--policy", policy, "--issuer", "https://issuer.example.com").status, 0);
    const known = run("--policy", policy, "--issuer", EKS);
    assert.equal(known.status, 1, known.stderr);
    assert.match(known.stdout, /UNKNOWN_CLAIM at policies\[0\]\.rules\.repository/);
  });

  it("finds what a policy would be refused for, instead of giving up", () => {
    const { status, stdout } = run("--policy", file({ policies: [allow({}), allow({ ...RULES, "a..b": "x" })] }));
    assert.equal(status, 1);
    assert.match(stdout, /ALLOW_WITHOUT_RULES at policies\[0\]\.rules.*\n.*\n.*CLAIM_PATH_INVALID at policies\[1\]/);
  });

  for (const [what, content, ...more] of [
    ["a policy that is not JSON", "{"],
    ["a policy that is null", "null"],
    ["a policy without a list", "{}"],
    ["a definition that is none", { policies: [null] }],
    ["rules that are a list", { policies: [allow([])] }],
    ["a rule that is an object", { policies: [allow({ sub: {} })] }],
    ["an unknown decision", { policies: [{ ...allow(RULES), decision: "maybe" }] }],
    ["an unknown token type", { policies: [{ ...allow(RULES), tokenType: "admin" }] }],
    ["an issuer that is no URL", { policies: [allow(RULES)] }, "--issuer", "eks"],
    ["a relying party it does not know", { policies: [allow(RULES)] }, "--relying-party", "unknown"],
  ] as [string, unknown, ...string[]][]) {
    it(`ends with 2, and without a stack trace, for ${what}`, () => {
      const { status, stdout, stderr } = run("--policy", file(content), ...more);
      assert.equal(status, 2, stderr);
      assert.doesNotMatch(stderr, /^\s+at /m);
      assert.notEqual(stderr.trim(), "");
      assert.equal(stdout, "");
    });
  }

  it("ends with 2 without a policy, or with a file that is not there", () => {
    assert.equal(run().status, 2);
    assert.equal(run("--policy", join(directory, "none.json")).status, 2);
  });
});
