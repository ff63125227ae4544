import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { dirname, join } from "node:path";
import { takeKnown } from "../../../cli/ci/ask";
import { generate } from "../../../cli/ci/init";
import { optionOf } from "../../../cli/ci/questions";
import { CI_KEYS, type CiKey, type Pipeline, type PipelineResult, readPipeline, runPipeline } from "../../../lab/ci";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import { loginStep } from "../../../trust/issuers";
import { explain, reviewDefinitions } from "../../../trust/parties/pulumi";
import { CiFixture } from "../../lab/ci/fixture";
import { caseOf, VECTORS } from "../../trust/issuers/documented";

/** How a token may go astray; the vectors of each record have a case of each. */
const ALL_WAYS = ["another", "fork", "another branch", "prefix", "dot", "audience", "other subject form"];
/** Each is a second of the real CLI; what the policies decide of all of them is in the tests of vectors. */
const WAYS = (process.env.OIDC_RUNNER_FULL ?? process.env.OIDC_RUNNER_TABLE) ? ALL_WAYS : ["another", "audience"];

/** What users answer about the issuer, where the vectors' subjects do not say it. */
const ABOUT_ISSUER: Partial<Record<CiKey, Record<string, string>>> = { bitbucket: { workspace: "acme" } };

const AUDIENCE = "urn:pulumi:org:acme";

const rows: string[][] = [];

describe("ci:records: pipelines that ci init makes, against the lab with the real CLI", () => {
  const fixture = new CiFixture();
  let cli: string;
  before(async () => {
    cli = (await resolvePulumiCli(silentReport)).path;
    await fixture.startAll();
  });
  after(async () => {
    await fixture.stop();
    // What `npm run ci:records` is run for.
    if (process.env.OIDC_RUNNER_TABLE !== undefined) {
      console.log(table());
    }
  });

  for (const issuer of CI_KEYS) {
    const vectors = VECTORS.find(({ record }) => record === issuer) ?? assert.fail(`no vectors for ${issuer}`);
    type Case = (typeof vectors.cases)[number];

    /** The policy that allows the job of a case. */
    const policyOf = (entry: Case) => {
      const given = { decision: "allow", tokenType: "organization", ...caseOf(vectors, entry).input } as const;
      const { compiled } = reviewDefinitions([given], { organization: "acme", issuerKind: issuer });
      return compiled.map(({ definition }) => definition);
    };

    /** The job that `ci init` makes for the record's vectors. */
    const pipelineOf = async (): Promise<Pipeline> => {
      const subject = (vectors.policy as Record<string, Record<string, string>>)[issuer] ?? {};
      const answers = Object.entries({ ...ABOUT_ISSUER[issuer], ...subject });
      const options = { organization: "acme", branch: "main", tokenType: "organization", directory: "trust" } as const;
      const { files } = await generate(
        issuer,
        {
          ...options,
          apiUrl: fixture.cloud.url,
          run: "pulumi whoami",
          ...Object.fromEntries(answers.map(([field, answer]) => [optionOf(field), answer])),
        },
        { root: fixture.directory },
        takeKnown,
      );
      return readPipeline(issuer, files[0]?.text ?? "") ?? loginAlone();
    };

    /** What a run of HCP Terraform could do, which has no pipeline's file. */
    const loginAlone = (): Pipeline => {
      const login = { organization: "acme", audience: AUDIENCE, apiUrl: fixture.cloud.url };
      const text = `${loginStep({ token: { variable: "TFC_WORKLOAD_IDENTITY_TOKEN" } }, login)}pulumi whoami`;
      return { steps: [{ name: "login", text }], audience: AUDIENCE };
    };

    /** Runs a job whose token has the claims of a case. */
    const run = async (entry: Case): Promise<PipelineResult> => {
      await fixture.setPolicy(await issuerId, policyOf(entry));
      const claims = { ...caseOf(vectors, entry).token, ...entry.token };
      return runPipeline({
        issuer,
        pipeline: await pipelineOf(),
        claims,
        startJob: fixture.ci.startJob,
        directory: mkdtempSync(join(fixture.directory, `${issuer}-`)),
        environment: {
          PATH: `${dirname(cli)}:/usr/bin:/bin`,
          SSL_CERT_FILE: fixture.caFile,
          PULUMI_SKIP_UPDATE_CHECK: "true",
        },
      });
    };
    let issuerId: Promise<string>;

    describe(issuer, () => {
      before(() => {
        issuerId = fixture.trust(String(vectors.token.iss), []);
      });

      it("whoami answers in the wanted job, which prints no token", async () => {
        const wanted = vectors.cases.find(({ sample, policy }) => sample && policy === undefined);
        const { code, output } = await run(wanted ?? assert.fail("no wanted case"));
        assert.equal(code, 0, `${output} ${fixture.reason}`);
        assert.match(output, /^acme$/m);
        // Masked ones are hidden by the system that reads the line.
        assert.doesNotMatch(output.replace(/^(::add-mask::|##vso\[task\.setsecret\]).*$/gm, ""), /eyJ/);
        rows.push([issuer, "the wanted job", "logs in", "pulumi whoami: acme"]);
      });

      for (const way of WAYS) {
        const entry =
          vectors.cases.find(({ name, decision }) => decision === "deny" && name.includes(way)) ?? assert.fail(way);
        it(`refuses, ${way}: ${entry.name}`, async () => {
          const { code, output } = await run(entry);
          assert.notEqual(code, 0);
          assert.match(output, /OIDC token exchange failed.*access_denied/);
          assert.equal(fixture.reason, "NO_ALLOW_MATCHES");
          const { token } = caseOf(vectors, entry);
          const { reasons } = explain(policyOf(entry), token, { tokenType: "organization" });
          const claims = Object.keys(policyOf(entry)[0]?.rules ?? {}).filter((claim) => reasons[0]?.includes(claim));
          assert.ok(claims.length > 0, reasons.join("\n"));
          rows.push([issuer, entry.name, "refused", claims.join(", ")]);
        });
      }
    });
  }
});

function table(): string {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
