import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RelyingParty, readDocument } from "../../cli/read-document";
import { packageRoot } from "../../tools/toolchain/package-root";

const COMMAND = join(packageRoot(), "dist", "cli", "main.js");
const TRUST_POLICY = { Version: "2012-10-17", Statement: [] };
const OIDC = { issuerUri: "https://token.actions.githubusercontent.com", allowedAudiences: ["acme"] };
const REST = {
  name: "projects/1/locations/global/workloadIdentityPools/ci/providers/github",
  attributeMapping: { "google.subject": "assertion.sub" },
  attributeCondition: "assertion.sub == 'job'",
};

describe("cli/read-document", () => {
  let directory: string;
  const file = (content: unknown) => {
    const path = join(directory, "document.json");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-document-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  for (const [what, party, printed, document] of [
    [
      "what `aws iam get-role` prints",
      "aws",
      { Role: { RoleName: "r", AssumeRolePolicyDocument: TRUST_POLICY } },
      TRUST_POLICY,
    ],
    ["its --query Role", "aws", { RoleName: "r", AssumeRolePolicyDocument: TRUST_POLICY }, TRUST_POLICY],
    ["a trust policy", "aws", TRUST_POLICY, TRUST_POLICY],
    ["what `gcloud … describe` prints", "gcp", { ...REST, oidc: OIDC, state: "ACTIVE" }, { ...REST, ...OIDC }],
    ["a deleted provider", "gcp", { ...REST, oidc: OIDC, state: "DELETED" }, { ...REST, ...OIDC, disabled: true }],
    ["a disabled provider", "gcp", { ...REST, oidc: OIDC, disabled: true }, { ...REST, ...OIDC, disabled: true }],
    ["a provider with members", "gcp", { ...REST, ...OIDC, members: [] }, { ...REST, ...OIDC, members: [] }],
    ["a policy of Pulumi Cloud with a field Role", "pulumi", { Role: { AssumeRolePolicyDocument: {} } }, undefined],
    ["a list of credentials", "azure", [{ issuer: "i" }], undefined],
    ["null", "aws", null, undefined],
  ] as [string, RelyingParty, unknown, unknown][]) {
    it(`reads ${what}`, () => assert.deepEqual(readDocument(party, file(printed)), document ?? printed));
  }

  for (const [what, text, place] of [
    ["a value that is none", '{\n  "policies": [tru]\n}', "invalid symbol in line 2, column 16"],
    ["an end too early", '{"policies": [', "close bracket expected in line 1, column 15"],
    ["a comma too many", "[1,]", "value expected in line 1, column 4"],
    ["a comment", "// policy\n{}", "invalid comment token in line 1, column 1"],
    ["two values", "{}\n{}", "end of file expected in line 2, column 1"],
    ["nothing", "", "value expected in line 1, column 1"],
  ] as const) {
    it(`says where ${what} is`, () => {
      const message = `INPUT_INVALID: ${join(directory, "document.json")} is not JSON: ${place} (at --policy). Fix: correct it there, or give another file`;
      assert.throws(() => readDocument("aws", file(text)), { message });
    });
  }

  it("refuses more than 4 MB", () => {
    assert.ok(readDocument("pulumi", file(`"${"x".repeat(3_999_998)}"`)));
    assert.throws(() => readDocument("pulumi", file(`"${"x".repeat(3_999_999)}"`)), /has more than 4 MB/);
  });

  const explain = (input: string, ...args: string[]) =>
    spawnSync(process.execPath, [COMMAND, "explain", "--relying-party", "azure", ...args], { input, encoding: "utf8" });

  it("reads standard input for -, and takes one credential of a list", () => {
    const credential = (name: string) => ({ name, issuer: OIDC.issuerUri, subject: name, audiences: ["api"] });
    const list = JSON.stringify([credential("build"), credential("deploy")]);
    const claims = (sub: string) => file({ iss: OIDC.issuerUri, sub, aud: "api" });
    const allowed = explain(list, "--policy", "-", "--claims", claims("deploy"));
    assert.equal(allowed.status, 0, allowed.stderr);
    const denied = explain(list, "--policy", "-", "--claims", claims("deployer"));
    assert.equal(denied.status, 1, denied.stderr);
    assert.match(denied.stdout, /build: subject expected build.*\n.*deploy: subject expected deploy/);
    assert.match(
      explain("[]", "--policy", "-", "--claims", claims("x")).stdout,
      /^deny\n {2}there are no credentials\n/,
    );
    assert.match(
      explain("{", "--policy", "-", "--claims", claims("x")).stderr,
      /^INPUT_INVALID: standard input is not JSON/,
    );
  });
});
