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
  exp: 1_700_000_000,
  "kubernetes.io": { namespace: "pulumi" },
};
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = (claims: unknown, header: unknown = { alg: "RS256" }) =>
  `${encoded(header)}.${encoded(claims)}.${Buffer.from("no signature at all").toString("base64url")}`;

describe("oidc-runner claims", () => {
  let directory: string;
  const file = (content: string) => {
    writeFileSync(join(directory, "token"), content);
    return join(directory, "token");
  };
  const run = (...args: string[]) => spawnSync(process.execPath, [COMMAND, "claims", ...args], { encoding: "utf8" });

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-claims-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  it("prints claims and rules, and nothing of the token as it is", () => {
    const text = token(CLAIMS);
    const { status, stdout, stderr } = run("--token-file", file(`${text}\n`));
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^issuer {2}https:\/\/issuer.example.com \(kubernetes\)$/m);
    assert.match(stdout, /^expired \d+ d ago \(2023-11-14T22:13:20Z\)$/m);
    assert.ok(stdout.includes('  "\\"kubernetes.io\\".namespace": "pulumi"\n'), stdout);
    for (const part of text.split(".")) {
      assert.ok(!stdout.includes(part));
    }
  });

  it("prints the claims alone in JSON, which explain takes", () => {
    const { status, stdout } = run("--token-file", file(token(CLAIMS)), "--json");
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), CLAIMS);
    const claims = join(directory, "claims.json");
    writeFileSync(claims, stdout);
    const policy = join(directory, "policy.json");
    const rules = { aud: "urn:pulumi:org:acme" };
    writeFileSync(policy, JSON.stringify({ policies: [{ decision: "allow", tokenType: "organization", rules }] }));
    const explained = spawnSync(
      process.execPath,
      [COMMAND, "explain", "--relying-party", "pulumi", "--policy", policy, "--claims", claims].concat([
        ...["--token-type", "organization", "--at", String(CLAIMS.exp - 1)],
      ]),
      { encoding: "utf8" },
    );
    assert.equal(explained.status, 0, explained.stderr);
  });

  const SECRET = "c2VjcmV0LXZhbHVl";
  for (const [what, content, hint] of [
    ["text", SECRET, /holds no JSON Web Token \(/],
    ["nothing", " \n", /it is empty/],
    ["claims", JSON.stringify({ sub: SECRET }), /it begins as JSON does/],
    ["a header line", `Bearer ${token(CLAIMS)}`, /it begins with Bearer/],
    ["an access token of Pulumi Cloud", `pul-${SECRET}`, /access token of Pulumi Cloud/],
    ["an encrypted token", `${token(CLAIMS)}.${SECRET}.${SECRET}`, /five parts of an encrypted one/],
    ["two parts", token(CLAIMS).split(".").slice(0, 2).join("."), /holds no/],
    ["two tokens", `${token(CLAIMS)}\n${token(CLAIMS)}`, /white space in it/],
    ["claims that are a list", token([SECRET]), /holds no/],
    ["claims that are no JSON", `${encoded({})}.${SECRET}.x`, /holds no/],
    ["a header that is no object", token(CLAIMS, 1), /holds no/],
  ] as const) {
    it(`ends with 2 for a file of ${what}, and quotes nothing of it`, () => {
      const { status, stdout, stderr } = run("--token-file", file(content));
      assert.equal(status, 2, stdout);
      assert.match(stderr, /^INPUT_INVALID: /);
      assert.match(stderr, hint);
      assert.equal(stdout, "");
      for (const part of content.split(/[.\s]/).filter((text) => text.length > 6)) {
        assert.ok(!stderr.includes(part), stderr);
      }
    });
  }

  it("ends with 2 without a file, or with one that is not there", () => {
    assert.equal(run().status, 2);
    assert.equal(run("--token-file", join(directory, "none")).status, 2);
  });
});
