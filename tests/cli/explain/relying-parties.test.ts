import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";

const COMMAND = join(packageRoot(), "dist", "cli", "main.js");
const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const CLAIMS = { iss: `https://${HOST}`, sub: "system:serviceaccount:pulumi:deployer", aud: ["sts.amazonaws.com"] };
const POLICIES = {
  aws: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` },
        Condition: { StringEquals: { [`${HOST}:sub`]: CLAIMS.sub, [`${HOST}:aud`]: "sts.amazonaws.com" } },
      },
    ],
  },
  gcp: {
    issuerUri: CLAIMS.iss,
    allowedAudiences: CLAIMS.aud,
    attributeMapping: { "google.subject": "assertion.sub" },
    members: [
      `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/${CLAIMS.sub}`,
    ],
  },
  azure: { issuer: CLAIMS.iss, subject: CLAIMS.sub, audiences: ["sts.amazonaws.com"] },
};

describe("oidc-runner explain for other relying parties", () => {
  let directory: string;
  const file = (name: string, content: unknown) => {
    writeFileSync(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
    return join(directory, name);
  };
  const run = (party: string, ...args: string[]) =>
    spawnSync(process.execPath, [COMMAND, "explain", "--relying-party", party, ...args], { encoding: "utf8" });

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-explain-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  for (const [party, document] of Object.entries(POLICIES)) {
    it(`takes ${party}'s own document, and no token options`, () => {
      const policy = file("policy.json", document);
      const allowed = run(party, "--policy", policy, "--claims", file("claims.json", CLAIMS), "--json");
      assert.equal(allowed.status, 0, allowed.stderr);
      assert.equal((JSON.parse(allowed.stdout) as { decision: string }).decision, "allow");
      const neighbour = file("neighbour.json", { ...CLAIMS, sub: "system:serviceaccount:pulumi:default" });
      const denied = run(party, "--policy", policy, "--claims", neighbour);
      assert.equal(denied.status, 1, denied.stderr);
      assert.match(denied.stdout, /^deny\n.*expected .*:deployer, got .*:default/);
    });

    it(`ends with 2 for a policy that is not ${party}'s`, () => {
      const policy = file("policy.json", { policies: [] });
      const { status, stderr } = run(party, "--policy", policy, "--claims", file("claims.json", CLAIMS));
      assert.equal(status, 2, stderr);
      assert.match(stderr, /^(AWS_POLICY|GCP_PROVIDER|AZURE_CREDENTIAL)_INVALID: .*\n$/);
    });
  }

  it("decodes a token for them too", () => {
    const claims = JSON.stringify({ ...CLAIMS, exp: Math.floor(Date.now() / 1000) + 600 });
    const text = ['{"alg":"RS256"}', claims, "x"].map((part) => Buffer.from(part).toString("base64url")).join(".");
    const { status, stderr } = run(
      "aws",
      "--policy",
      file("policy.json", POLICIES.aws),
      "--token-file",
      file("t", text),
    );
    assert.equal(status, 0, stderr);
  });

  it("ends with 2 for claims that are no object, and for a relying party it does not know", () => {
    for (const claims of ["null", "[]", "7"]) {
      const { status, stderr } = run("aws", "--policy", file("p", POLICIES.aws), "--claims", file("c", claims));
      assert.equal(status, 2, stderr);
      assert.match(stderr, /^INPUT_INVALID: /);
    }
    assert.equal(run("acme", "--policy", file("p", POLICIES.aws), "--claims", file("c", CLAIMS)).status, 2);
  });

  it("needs a token type for Pulumi Cloud alone", () => {
    const { status, stderr } = run("pulumi", "--policy", file("p", '{"policies":[]}'), "--claims", file("c", CLAIMS));
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^OPTION_MISSING: .*--token-type/);
  });
});
