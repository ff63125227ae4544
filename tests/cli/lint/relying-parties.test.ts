import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";

const COMMAND = join(packageRoot(), "dist", "cli", "main.js");
const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const ISSUER = `https://${HOST}`;
const SUB = "system:serviceaccount:pulumi:deployer";

/** A document of each relying party with this subject; nothing else is wrong with it. */
const DOCUMENTS = {
  aws: (subject: string) => ({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` },
        Condition: { StringEquals: { [`${HOST}:sub`]: subject, [`${HOST}:aud`]: "sts.amazonaws.com" } },
      },
    ],
  }),
  gcp: (subject: string) => ({
    issuerUri: ISSUER,
    allowedAudiences: ["gcp"],
    attributeMapping: { "google.subject": "assertion.sub" },
    members: [`principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/${subject}`],
  }),
  azure: (subject: string) => ({ issuer: ISSUER, subject, audiences: ["api://AzureADTokenExchange"] }),
} as const;
const SUBJECT_PATHS = {
  aws: `Statement[0].Condition.StringEquals["${HOST}:sub"]`,
  gcp: "members[0]",
  azure: "subject",
};

describe("oidc-runner lint for other relying parties", () => {
  let directory: string;
  const run = (party: string, document: unknown, ...args: string[]) => {
    const policy = join(directory, "policy.json");
    writeFileSync(policy, JSON.stringify(document));
    const command = [COMMAND, "lint", "--relying-party", party, "--policy", policy, ...args];
    return spawnSync(process.execPath, command, { encoding: "utf8" });
  };

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-lint-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  for (const party of ["aws", "gcp", "azure"] as const) {
    const good = DOCUMENTS[party](SUB);

    it(`ends with 0 for a document of ${party} that is in order, and 1 for one that is not`, () => {
      const fine = run(party, good, "--issuer", ISSUER, "--json");
      assert.equal(fine.status, 0, fine.stderr);
      assert.deepEqual(JSON.parse(fine.stdout), { findings: [] });
      const bad = run(party, DOCUMENTS[party]("system:serviceaccount:pulumi:*"), "--json");
      assert.equal(bad.status, 1, bad.stderr);
      const { findings } = JSON.parse(bad.stdout) as { findings: Record<string, string>[] };
      assert.deepEqual(
        findings.map(({ name, severity, path }) => [name, severity, path]),
        [["LITERAL_WILDCARD", "error", SUBJECT_PATHS[party]]],
      );
      assert.deepEqual(Object.keys(findings[0] ?? {}), ["name", "severity", "path", "message", "fix"]);
    });

    it(`finds that a document of ${party} is for another issuer`, () => {
      const { status, stdout } = run(party, good, "--issuer", `${ISSUER}/`);
      assert.equal(status, 1);
      assert.match(stdout, /^error ISSUER_MISMATCH at .*only by a final slash/);
    });

    it(`ends with 2, and without a stack trace, for what is no document of ${party}`, () => {
      for (const document of [null, {}, []]) {
        const { status, stdout, stderr } = run(party, document);
        assert.deepEqual([status, stdout], [2, ""]);
        assert.match(stderr, new RegExp(`^${party.toUpperCase()}_`));
        assert.doesNotMatch(stderr, /^\s+at /m);
      }
    });
  }
});
